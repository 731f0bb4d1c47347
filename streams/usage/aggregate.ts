/** Rows of one report become partials per (container or namespace, interval). */
import type { ReportBatch } from '../runtime/ports.ts';
import { Accelerators } from './accelerators.ts';
import { seedOf } from './hashing.ts';
import { Groups, Intervals } from './intervals.ts';
import { Latest } from './latest.ts';
import { Objects } from './objects.ts';
import { Partials } from './partials.ts';
import { verdictNumber } from './rejections.ts';
import { numberColumns, textIndex, type RowRules } from './rules.ts';

/** What is merged, and where it belongs. */
export interface AggregateOptions {
  readonly kind: 'container' | 'namespace';
  readonly org: string;
  readonly cluster: string;
  /** sha256 (hex) of the report. */
  readonly digest: string;
  /** Bytes of partials that are held before they must be flushed. */
  readonly budgetBytes: number;
}

const TOO_MANY_OBJECTS = verdictNumber('TOO_MANY_OBJECTS');
const TOO_MANY_INTERVALS = verdictNumber('TOO_MANY_INTERVALS');
const TOO_MANY_GROUPS = verdictNumber('TOO_MANY_GROUPS');

/** The state of aggregating one report: bounded, whatever the report. */
export class Aggregate {
  readonly objects: Objects;
  readonly intervals = new Intervals();
  readonly groups: Groups;
  readonly partials: Partials;
  /** Latest interval end and its image per object, of what is held. */
  readonly latest = new Latest();
  readonly accelerators = new Accelerators();
  /** Rows that were merged. */
  accepted = 0;
  /** Earliest start and latest end of merged rows, ms since 1970. */
  firstStart = Infinity;
  lastEnd = -Infinity;
  private readonly startIndex: number;
  private readonly endIndex: number;
  private readonly imageIndex: number;

  constructor({ kind, org, cluster, digest, budgetBytes }: AggregateOptions) {
    const seed = seedOf(digest);
    this.objects = new Objects(kind, [org, cluster], seed);
    this.groups = new Groups(seed);
    this.partials = new Partials(numberColumns(kind), budgetBytes, seed);
    this.startIndex = textIndex(kind, 'interval_start');
    this.endIndex = textIndex(kind, 'interval_end');
    this.imageIndex = textIndex(kind, 'image_name');
  }

  /**
   * Merges the accepted rows of a batch from row `from` on. Returns the next row: less than `batch.rows` when the budget
   * is used up and the partials must be flushed first. Rows beyond a bound get their verdict instead.
   */
  add(batch: ReportBatch, verdicts: Uint8Array, rules: RowRules, from: number): number {
    const { objects, intervals, groups, partials, latest } = this;
    const startIds = batch.texts[this.startIndex]!;
    const endIds = batch.texts[this.endIndex]!;
    const epoch = batch.dictionaryEpoch;
    const images = batch.dictionaries[this.imageIndex];
    const imageIds = batch.texts[this.imageIndex];
    objects.learn(batch);
    const accelerators = Accelerators.areIn(batch) ? this.accelerators : undefined;
    for (let row = from; row < batch.rows; row++) {
      if (verdicts[row] !== 0) continue;
      const start = rules.starts[startIds[row]!]!;
      const end = rules.ends[endIds[row]!]!;
      const interval = intervals.find(epoch, startIds[row]!, endIds[row]!, start, end);
      if (interval === -1) {
        verdicts[row] = TOO_MANY_INTERVALS;
        continue;
      }
      const object = objects.find(batch, row);
      if (object === -1) {
        verdicts[row] = TOO_MANY_OBJECTS;
        continue;
      }
      const slot = partials.find(object, interval);
      if (slot !== -1) partials.merge(slot, batch, row);
      else if (partials.size === partials.capacity) return row;
      else if (groups.mark(object, interval)) {
        partials.open(object, interval, batch, row);
        if (start < this.firstStart) this.firstStart = start;
        if (end > this.lastEnd) this.lastEnd = end;
      } else {
        verdicts[row] = TOO_MANY_GROUPS;
        continue;
      }
      this.accepted += 1;
      accelerators?.note(slot === -1 ? partials.size - 1 : slot, batch, row);
      latest.note(object, end, images === undefined ? '' : images[imageIds![row]!]!);
    }
    return batch.rows;
  }
}
