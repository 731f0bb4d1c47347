import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from '../../../connectors/cli/app.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';
import type { Upload } from '../../../streams/runtime/ports.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

function upload(text: string): Upload {
  return {
    org: '1',
    account: null,
    requestId: 'same',
    filename: 'a.csv',
    mediaType: 'text/csv',
    channel: 'http',
    bytes: (async function* () {
      await Promise.resolve();
      yield Buffer.from(text);
    })(),
    maxBytes: 100,
  };
}

it('one request that comes many times at once has one effect and one answer', async () => {
  const app = await openApp({ databaseUrl: await server.database(), dataDir: server.folder('data') });
  try {
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.uploads.accept(upload('x'))));
    expect(new Set(answers.map(({ uploadId }) => uploadId)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    const other = await app.uploads.accept(upload('y')).catch((thrown: unknown) => thrown);
    expect(codeOf(other)).toBe('REQUEST_ID_REUSED');
    expect((await app.log.ends('intake')).reduce((sum, end) => sum + end, 0)).toBe(1);
  } finally {
    await app.close();
  }
});
