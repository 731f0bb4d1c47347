/** What happens in one run of chaos: uploads and faults, a pure function of the seed. */
import { crashPoints } from '../../streams/runtime/faults.ts';
import { randomFrom } from '../../connectors/csv/random.ts';

/** One report file of an upload. Its rows are named by `name`, so that each is told from all others. */
export interface FilePlan {
  readonly name: string;
  readonly containers: number;
  readonly intervals: number;
  /** Rows that must be rejected. */
  readonly bad: number;
  /** Another file whose intervals it covers again, with other values: what was there is superseded. */
  readonly over?: string;
}

/** One upload. */
export interface UploadPlan {
  readonly requestId: string;
  readonly org: string;
  /** Minutes of the manifest's date: later ones win where intervals overlap. */
  readonly minute: number;
  readonly files: readonly FilePlan[];
  /** Sent a second time: under the same request id, or the same bytes under another one. */
  readonly again?: 'same-request' | 'same-bytes';
}

/** Ways to break a record. */
export const poisons = [
  'magic-byte',
  'unknown-schema',
  'truncated',
  'large',
  'null-value',
  'no-headers',
] as const;
/** A way to break a record. */
export type Poison = (typeof poisons)[number];

/** What goes wrong. `member` is a process, from 0. */
export type Fault =
  | { readonly kind: 'kill'; readonly member: number }
  | { readonly kind: 'crash-at'; readonly member: number; readonly at: string }
  | { readonly kind: 'pause'; readonly member: number; readonly ms: number }
  | { readonly kind: 'broker'; readonly downMs: number }
  | { readonly kind: 'postgres'; readonly downMs: number }
  | { readonly kind: 'registry'; readonly downMs: number }
  | { readonly kind: 's3'; readonly downMs: number }
  /** The store answers every request with 503 for so long. Not drawn: only in schedules that name it. */
  | { readonly kind: 's3-busy'; readonly ms: number }
  /** So many objects come short when they are read. Not drawn. */
  | { readonly kind: 's3-truncates'; readonly objects: number }
  /** The disk of a server is full for so long; what died of it is started again. Not drawn; needs servers on small disks. */
  | { readonly kind: 'full-disk'; readonly server: 'postgres' | 'broker'; readonly ms: number }
  | { readonly kind: 'storm'; readonly joins: number }
  | { readonly kind: 'duplicates'; readonly topic: string; readonly records: number }
  | { readonly kind: 're-read'; readonly records: number }
  | { readonly kind: 'poison'; readonly topic: string; readonly poison: Poison }
  | { readonly kind: 'join' }
  | { readonly kind: 'upgrade'; readonly projection: string }
  | { readonly kind: 'buggy-code'; readonly unit: string };

/** A fault and when it comes: once so many uploads are accepted. */
export type Moment = Fault & { readonly after: number };

/** A whole run. */
export interface Schedule {
  readonly seed: number;
  readonly uploads: readonly UploadPlan[];
  /** In the order in which they come. */
  readonly faults: readonly Moment[];
}

/** Kinds that seeds draw. A new kind must stay out: seeds would give other schedules than they gave. */
type Drawn = Exclude<Fault['kind'], 's3-busy' | 's3-truncates' | 'full-disk'>;

/** Kinds with how often they are drawn. */
const weights: readonly (readonly [Drawn, number])[] = [
  ['kill', 3],
  ['crash-at', 5],
  ['pause', 3],
  ['broker', 2],
  ['postgres', 3],
  ['registry', 1],
  ['s3', 2],
  ['storm', 2],
  ['duplicates', 3],
  ['re-read', 2],
  ['poison', 3],
  ['join', 1],
  ['upgrade', 2],
  ['buggy-code', 2],
];

const ORGS = ['acme', 'globex', 'initech'];

/** The schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  const draw = new Draw(randomFrom(seed * 7_919 + 17));
  const uploads = planUploads(draw, seed);
  const faults = Array.from({ length: draw.between(2, 4) }, () => ({
    after: draw.between(1, uploads.length - 2),
    ...fault(draw),
  }));
  return { seed, uploads, faults: faults.sort((a, b) => a.after - b.after) };
}

/** A schedule for people, one line per fault. */
export function describeSchedule({ seed, uploads, faults }: Schedule): string {
  const files = uploads.flatMap((upload) => upload.files);
  const rows = files.reduce((sum, file) => sum + file.containers * file.intervals + file.bad, 0);
  const lines = faults.map(({ after, kind, ...rest }) => {
    const details = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
    return `  after ${after} uploads: ${[kind, ...details].join(' ')}`;
  });
  return [`seed ${seed}: ${uploads.length} uploads, ${files.length} files, ${rows} rows`, ...lines].join(
    '\n',
  );
}

function planUploads(draw: Draw, seed: number): UploadPlan[] {
  const made: { readonly org: string; readonly file: FilePlan }[] = [];
  return Array.from({ length: draw.between(8, 14) }, (_, u) => {
    const org = draw.of(ORGS);
    const roots = new Set<string>();
    const files = Array.from({ length: draw.between(1, 3) }, (_file, f): FilePlan => {
      // Files of one payload that overlap would add up: each covers something else.
      const earlier = made.filter((one) => one.org === org && !roots.has(rootOf(one.file)));
      const over = earlier.length > 0 && draw.chance(0.2) ? draw.of(earlier).file : undefined;
      const file = {
        name: `s${seed}u${u}f${f}`,
        containers: over?.containers ?? draw.between(1, 4),
        intervals: over?.intervals ?? draw.between(1, 4),
        bad: draw.chance(0.3) ? draw.between(1, 3) : 0,
        ...(over === undefined ? {} : { over: rootOf(over) }),
      };
      roots.add(rootOf(file));
      return file;
    });
    for (const file of files) made.push({ org, file });
    const again = draw.chance(0.25) ? draw.of(['same-request', 'same-bytes'] as const) : undefined;
    return {
      requestId: `chaos-${seed}-${u}`,
      org,
      minute: u,
      files,
      ...(again === undefined ? {} : { again }),
    };
  });
}

/** The file whose intervals these are. */
function rootOf(file: FilePlan): string {
  return file.over ?? file.name;
}

function fault(draw: Draw): Fault {
  const kind = draw.weighted(weights);
  const member = draw.between(0, 1);
  switch (kind) {
    case 'kill':
      return { kind, member };
    case 'crash-at':
      return { kind, member, at: `${draw.of(crashPoints)}:${draw.between(1, 6)}` };
    case 'pause':
      return { kind, member, ms: draw.between(2_000, 3_000) };
    case 'broker':
    case 'postgres':
    case 'registry':
    case 's3':
      return { kind, downMs: draw.between(0, 3_000) };
    case 'storm':
      return { kind, joins: draw.between(2, 3) };
    case 'duplicates':
      return {
        kind,
        topic: draw.of(['intake', 'usage', 'rejections', 'recommendations']),
        records: draw.between(1, 40),
      };
    case 're-read':
      return { kind, records: draw.between(1, 60) };
    case 'poison':
      return { kind, topic: draw.of(['intake', 'usage', 'rejections']), poison: draw.of(poisons) };
    case 'join':
      return { kind };
    case 'upgrade':
      return { kind, projection: draw.of(['uploads', 'recommendations', 'dead-letters']) };
    case 'buggy-code':
      return { kind, unit: draw.of(['open-uploads', 'read-usage-reports', 'recommendations']) };
  }
}

/** Draws from a generator. */
class Draw {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  of<T>(all: readonly T[]): T {
    return all[this.between(0, all.length - 1)]!;
  }

  weighted<T>(all: readonly (readonly [T, number])[]): T {
    let left = this.#random() * all.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of all) {
      left -= weight;
      if (left < 0) return value;
    }
    return all.at(-1)![0];
  }
}
