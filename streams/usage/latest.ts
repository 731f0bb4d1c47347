/** Per object: the latest interval end of the rows that are held, and the image in it. */
export class Latest {
  private ends = new Float64Array(4096).fill(-Infinity);
  private readonly images: string[] = [];

  /** Takes note of a row. Of two images in one interval the one that sorts last counts, whatever the order of the rows. */
  note(object: number, end: number, image: string): void {
    while (object >= this.ends.length) this.grow();
    const known = this.ends[object]!;
    if (end < known) return;
    if (end > known || image > this.images[object]!) this.images[object] = image;
    this.ends[object] = end;
  }

  /** What is known of an object: -Infinity and no image when nothing is held. */
  of(object: number): { readonly end: number; readonly image: string } {
    return { end: this.ends[object] ?? -Infinity, image: this.images[object] ?? '' };
  }

  /** Forgets all ends; images count only with an end. */
  clear(): void {
    this.ends.fill(-Infinity);
  }

  private grow(): void {
    const known = this.ends.length;
    const wider = new Float64Array(known * 2).fill(-Infinity, known);
    wider.set(this.ends);
    this.ends = wider;
  }
}
