/** What the rows of a report say of accelerators, beside the partials: few containers have one. */
import { packColumns } from '../../schemas/codec/columns.ts';
import { acceleratorCells } from '../../schemas/usage-columns.ts';
import { reportTexts, type ReportBatch } from '../runtime/ports.ts';
import { isBlank } from './identity.ts';
import { MAX_VALUE } from './rejections.ts';
import { numberColumns } from './rules.ts';

/** Models that one event names at most, and characters of a name; of others only what was used is told. */
const MAX_MODELS = 16;
const MAX_MODEL = 100;

const MODEL = reportTexts.container.length;
const FIRST = numberColumns('container').length;
const MEASURES = acceleratorCells.length / 2;

/** Of one partial: the greatest per measure, NaN where nothing was sent, and the model. */
interface Held {
  readonly used: Float64Array;
  model: string;
}

/** What an event tells of accelerators. */
export interface ReportedAccelerators {
  readonly accelerator_models: string[];
  readonly accelerators: Buffer | null;
}

/** Holds it by slot of the partials, until they are flushed. */
export class Accelerators {
  private readonly held = new Map<number, Held>();

  /** True for a batch whose report has such columns. */
  static areIn(batch: ReportBatch): boolean {
    return batch.texts.length > MODEL;
  }

  /** Notes a row; of several rows of an interval (pods, cards) the greatest counts, of several names the last by text. */
  note(slot: number, batch: ReportBatch, row: number): void {
    const name = batch.dictionaries[MODEL]![batch.texts[MODEL]![row]!]!;
    if (isBlank(name)) return;
    const model = name.slice(0, MAX_MODEL);
    let held = this.held.get(slot);
    if (held === undefined)
      this.held.set(slot, (held = { used: new Float64Array(MEASURES).fill(NaN), model }));
    if (model > held.model) held.model = model;
    for (let m = 0; m < MEASURES; m++) {
      const [max, avg] = [0, 1].map((n) => batch.numbers[FIRST + 2 * m + n]![row]!) as [number, number];
      const value = max > 0 ? max : avg;
      if (value >= 0 && value <= MAX_VALUE && !(held.used[m]! >= value)) held.used[m] = value;
    }
  }

  /** What these slots tell, by the interval ends that are given for them; columns end, measures, index of the model. */
  packed(slots: readonly number[], endOf: (slot: number) => number): ReportedAccelerators {
    const some = this.held.size === 0 ? [] : slots.filter((slot) => this.held.has(slot));
    if (some.length === 0) return { accelerator_models: [], accelerators: null };
    const held = some.map((slot) => this.held.get(slot)!);
    const accelerator_models = [...new Set(held.map(({ model }) => model))].sort().slice(0, MAX_MODELS);
    const index = new Map(accelerator_models.map((model, i) => [model, i]));
    const columns = [
      Float64Array.from(some, endOf),
      ...Array.from({ length: MEASURES }, (_, m) => Float64Array.from(held, ({ used }) => used[m]!)),
      Float64Array.from(held, ({ model }) => index.get(model) ?? NaN),
    ];
    return { accelerator_models, accelerators: packColumns(columns, some.length) };
  }

  clear(): void {
    this.held.clear();
  }
}
