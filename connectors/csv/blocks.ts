import { SLACK } from './cells.ts';
import type { CsvLimits } from './limits.ts';
import { EXCERPT_BYTES, LF, excerptOf } from './text.ts';

/**
 * Gathers a stream of bytes into blocks of whole lines, in one buffer that is used again and again.
 * A line that is too long is not held: its start becomes an excerpt, the rest is dropped as it comes.
 */
export class Blocks {
  /** Longer than its blocks: {@link SLACK} bytes follow that mean nothing. */
  bytes: Buffer;
  private readonly source: AsyncIterator<Uint8Array>;
  private readonly maxLineBytes: number;
  private chunk: Uint8Array = new Uint8Array(0);
  private taken = 0;
  private filled = 0;
  private handedOut = 0;
  private ended = false;

  constructor(source: AsyncIterable<Uint8Array>, limits: CsvLimits) {
    this.source = source[Symbol.asyncIterator]();
    this.maxLineBytes = limits.maxLineBytes;
    this.bytes = Buffer.alloc(Math.max(16, limits.blockBytes) + SLACK);
  }

  /**
   * The next block: `bytes[0, end)` ends with a line feed (one is added to a last line without). With `excerpt` it is
   * one line that was too long instead. undefined at the end. The block before is overwritten.
   */
  async next(): Promise<{ end: number; excerpt?: string } | undefined> {
    this.bytes.copyWithin(0, this.handedOut, this.filled);
    this.filled -= this.handedOut;
    this.handedOut = 0;
    for (;;) {
      while (this.filled < this.capacity && (await this.pull())) this.take();
      if (this.filled === 0) return undefined;
      const last = this.bytes.lastIndexOf(LF, this.filled - 1);
      if (last !== -1) return this.handOut(last + 1);
      // One byte for a carriage return and one for the line feed: a line that is not longer fits.
      const longest = this.maxLineBytes + 2;
      if (this.ended && this.filled < this.capacity) {
        this.bytes[this.filled++] = LF;
        return this.handOut(this.filled);
      }
      if (this.capacity < longest) this.grow(Math.min(longest, this.capacity * 2));
      else if (this.ended) this.grow(this.capacity + 1);
      else return { end: 0, excerpt: await this.dropLine() };
    }
  }

  /** Closes the source; safe at any time. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.source.return?.();
  }

  private get capacity(): number {
    return this.bytes.length - SLACK;
  }

  private handOut(end: number): { end: number } {
    this.handedOut = end;
    return { end };
  }

  private async pull(): Promise<boolean> {
    while (!this.ended && this.taken === this.chunk.length) {
      const { done, value } = await this.source.next();
      if (done === true) this.ended = true;
      else [this.chunk, this.taken] = [value, 0];
    }
    return this.taken < this.chunk.length;
  }

  private take(): void {
    const room = Math.min(this.chunk.length - this.taken, this.capacity - this.filled);
    this.bytes.set(this.chunk.subarray(this.taken, this.taken + room), this.filled);
    this.taken += room;
    this.filled += room;
  }

  private grow(size: number): void {
    const wider = Buffer.alloc(size + SLACK);
    this.bytes.copy(wider, 0, 0, this.filled);
    this.bytes = wider;
  }

  private async dropLine(): Promise<string> {
    const excerpt = excerptOf(this.bytes, 0, Math.min(this.filled, EXCERPT_BYTES));
    this.filled = 0;
    while (await this.pull()) {
      const feed = this.chunk.indexOf(LF, this.taken);
      this.taken = feed === -1 ? this.chunk.length : feed + 1;
      if (feed !== -1) break;
    }
    return excerpt;
  }
}
