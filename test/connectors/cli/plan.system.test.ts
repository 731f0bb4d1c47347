import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allTopics } from '../../../connectors/cli/backbone.ts';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-plan-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const onPlace = commandLine(folder);
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => onPlace(args, { env });

describe('in the embedded profile', () => {
  it('plan has nothing to do, and says why', async () => {
    const { code, out } = await run(['plan']);
    expect(code).toBe(0);
    expect(out).toContain('every start creates what is missing');
    expect(JSON.parse((await run(['plan', '--json'])).out)).toEqual({
      profile: 'embedded',
      changes: 0,
      refused: 0,
      steps: [],
    });
  });

  it('apply creates what a start creates', async () => {
    expect((await run(['apply'])).code).toBe(0);
    const { topics } = JSON.parse((await run(['topics', '--json'])).out) as { topics: { name: string }[] };
    expect(topics.map(({ name }) => name)).toEqual(allTopics().sort());
  });

  it('a kafka profile that lacks settings names all of them', async () => {
    const { code, err } = await run(['plan'], { RIGHTSTREAM_PROFILE: 'kafka' });
    expect(code).toBe(2);
    for (const name of ['DATABASE_URL', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'S3_BUCKET']) {
      expect(err).toContain(name);
    }
    const doctor = await run(['doctor', '--json'], { RIGHTSTREAM_PROFILE: 'kafka' });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('BAD_SETTINGS');
  });
});
