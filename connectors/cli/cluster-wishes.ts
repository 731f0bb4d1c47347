/** Wishes about the nodes and services of a cluster from the command line. */
import type { Events } from '../../schemas/generated/events.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import { PLACEMENT_ANSWERS, wishOf } from '../http/routes/placement/wish.ts';
import type { Outcome, WishName } from '../http/routes/placement/wish.ts';
import type { App } from './app.ts';
import { exitCodes, print, printJson } from './context.ts';
import type { GlobalOptions } from './context.ts';
import { tableText } from './table-text.ts';
import { deciding, wished } from './wishing.ts';

/** Options of what is about one cluster. */
export interface ClusterOptions extends GlobalOptions {
  readonly org: string;
  readonly cluster: string;
}

/** Most bytes of one wish as JSON; larger ones are sent as several. Its event has to fit into half a mebibyte. */
const WISH_BYTES = 200_000;

/** Wishes of one kind, each with as many of the things as fit. */
export function wishesOf<N extends WishName>(
  { org, cluster: cluster_id }: ClusterOptions,
  type: N,
  field: string,
  things: readonly unknown[],
): Emission[] {
  const wish = (part: readonly unknown[]) =>
    wishOf(org, type, { cluster_id, [field]: part } as unknown as Omit<Events[N], 'org_id'>);
  return inParts(things, WISH_BYTES).map(wish);
}

/** Consecutive parts of at most `bytes` as JSON each; one thing that is larger stands alone. */
export function inParts<T>(things: readonly T[], bytes: number): T[][] {
  const parts: T[][] = [];
  let size = Infinity;
  for (const thing of things) {
    const own = Buffer.byteLength(JSON.stringify(thing)) + 1;
    if (size + own > bytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)!.push(thing);
    size += own;
  }
  return parts;
}

/** Asks, waits for the answers and prints what became of each; exit code 3 when some were not there. */
export async function ask(
  app: App,
  options: ClusterOptions,
  look: string,
  events: readonly Emission[],
): Promise<number> {
  const answers = await deciding(app, look, () => wished(app, options.org, PLACEMENT_ANSWERS, events));
  const outcomes = answers.flatMap((row) => row['outcomes'] as Outcome[]);
  if (options.json === true) printJson({ outcomes });
  else
    print(
      tableText(
        outcomes.map((it) => ({ ...it })),
        ['name', 'outcome'],
        160,
      ),
    );
  return outcomes.some(({ outcome }) => outcome === 'missing') ? exitCodes.partlyRejected : exitCodes.done;
}

/** Names that a client gave, 1 to 253 characters each. */
export function names(given: readonly string[]): string[] {
  const bad = given.find((name) => name.length === 0 || name.length > 253);
  if (bad === undefined) return [...new Set(given)];
  throw new BadInput({ code: 'BAD_NAME', message: 'a name has 1 to 253 characters' });
}
