/** Derives every recommendation of an organisation again from the log and compares. */
import { deadRecords } from '../../projections/runtime/rebuild.ts';
import type { App } from './app.ts';
import { deriveFromLog, verifyAgain } from './derive.ts';
import type { Derived, StoredRecommendation } from './derive.ts';

/** How many were derived again, and how many were equal to the letter. */
export interface DerivedCount {
  readonly total: number;
  readonly equal: number;
  /** Ids that differ, with the first difference of each. */
  readonly different: readonly { readonly id: string; readonly difference: string }[];
}

const PAGE = 500;

/** Reads the usage of every partition once and compares each stored recommendation with what follows from it. */
export async function deriveAll(app: App, org: string): Promise<DerivedCount> {
  const derived = await deriveEverything(app);
  const different: { id: string; difference: string }[] = [];
  let total = 0;
  for (let offset = 0; ; offset += PAGE) {
    const rows = await app.readModels.select({ table: 'recommendations', org, limit: PAGE, offset });
    for (const row of rows) {
      total += 1;
      const id = String(row['recommendation_id']);
      const [difference] = verifyAgain(storedFrom(row), derived.get(id));
      if (difference !== undefined) different.push({ id, difference });
    }
    if (rows.length < PAGE) break;
  }
  return { total, equal: total - different.length, different };
}

async function deriveEverything(app: App): Promise<ReadonlyMap<string, Derived>> {
  const dead = await deadRecords(app.pipeline, 'recommendations');
  const positions = await app.store.positions('recommendations');
  const all = new Map<string, Derived>();
  for (const [partition, until] of positions) {
    const source = { log: app.log, codec: app.codec, limits: app.pipeline.limits, partition, until, dead };
    for (const [id, found] of await deriveFromLog(source, () => true)) all.set(id, found);
  }
  return all;
}

function storedFrom(row: Readonly<Record<string, unknown>>): StoredRecommendation {
  return {
    kind: row['kind'] === 'namespace' ? 'namespace' : 'container',
    end: Date.parse(String(row['monitoring_end_time'])),
    document: row['document'],
    notifications: row['notifications'] as number[],
    intervals: Number(row['intervals']),
  };
}
