import { expect, it } from 'vitest';
import type { App } from '../../../connectors/cli/app.ts';
import { keepFolder } from '../../../connectors/cli/folder-keeping.ts';
import { readManifestSettings } from '../../../connectors/kubernetes/manifests/settings.ts';

/** Tables of a version and at a position, in a log that ends at 5; says which clusters are written by asking for them. */
function standing(it: { version: number; position: number; asked: number }): App {
  const query = (text: string) => {
    if (text.includes('log.projections')) return { rows: [{ version: it.version, generation: 1 }] };
    if (text.includes('advisory')) return { rows: [{ free: true }] };
    it.asked++;
    return { rows: [] };
  };
  const noEnd = () => () => undefined;
  return {
    signals: { on: noEnd },
    log: { onAppend: noEnd, ends: () => Promise.resolve([0, 5]) },
    pipeline: { clock: { sleep: () => new Promise((done) => setTimeout(done, 1)) } },
    store: { positions: () => Promise.resolve(new Map([[1, { placement: it.position }]])) },
    pool: { query: (text: string) => Promise.resolve(query(text)) },
    units: { projections: [{ id: 'placement', version: 7 }] },
  } as unknown as App;
}

it('a folder is written when the tables are of this program and as far as the log was at the start', async () => {
  const tables = { version: 6, position: 5, asked: 0 };
  const lines: string[] = [];
  const kept = keepFolder(standing(tables), '/nowhere', readManifestSettings({}), (line) => lines.push(line));
  try {
    await expect.poll(() => lines).toEqual([expect.stringMatching(/ACTUATOR_HELD: .*version 6.*of 7/)]);
    expect(tables.asked).toBe(0);
    Object.assign(tables, { version: 7, position: 4 });
    await new Promise((done) => setTimeout(done, 50));
    expect(tables.asked).toBe(0);
    tables.position = 5;
    await expect.poll(() => tables.asked).toBe(1);
  } finally {
    await kept.stop();
  }
});
