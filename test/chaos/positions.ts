/** Watches log.owners during a run: positions and epochs only grow. */
import { createPool } from '../../connectors/postgres/pool.ts';

/** A watch over positions. */
export interface PositionWatch {
  /** What went backwards so far. */
  readonly backwards: readonly string[];
  readonly samples: number;
  /** Forgets what it saw: positions are about to be set back on purpose. */
  forget(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 50;

interface OwnerRow {
  unit: string;
  partition: number;
  epoch: number;
  positions: Record<string, number>;
}

/** Starts to watch; a database that is away is looked at later. */
export function watchPositions(databaseUrl: string): PositionWatch {
  const pool = createPool({ url: databaseUrl, applicationName: 'rightstream-chaos', max: 1 });
  const seen = new Map<string, OwnerRow>();
  const backwards: string[] = [];
  let samples = 0;
  let generation = 0;
  let stopped = false;
  async function look(): Promise<void> {
    const mine = generation;
    const { rows } = await pool.query<OwnerRow>(
      "SELECT unit, partition, epoch::int, positions FROM log.owners WHERE unit NOT LIKE '%#%'",
    );
    if (mine !== generation) return;
    samples += 1;
    for (const row of rows) {
      const name = `${row.unit}/${row.partition}`;
      const before = seen.get(name);
      seen.set(name, row);
      if (before === undefined) continue;
      if (row.epoch < before.epoch) backwards.push(`${name}: epoch ${before.epoch} to ${row.epoch}`);
      for (const [topic, offset] of Object.entries(before.positions)) {
        const now = row.positions[topic] ?? 0;
        if (now < offset) backwards.push(`${name}: ${topic} from ${offset} to ${now}`);
      }
    }
  }
  const working = (async () => {
    while (!stopped) {
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    backwards,
    get samples() {
      return samples;
    },
    forget() {
      generation += 1;
      seen.clear();
    },
    async stop() {
      stopped = true;
      await working;
      await pool.end();
    },
  };
}
