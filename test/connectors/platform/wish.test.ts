import { expect, it } from 'vitest';
import { platformSettings } from '../../../connectors/platform/settings.ts';
import { platformSource } from '../../../connectors/platform/source.ts';
import { codeOf, messageOf } from '../../../streams/runtime/errors.ts';
import type { Emission, LogRecord } from '../../../streams/runtime/ports.ts';

const source = platformSource({
  settings: platformSettings.parse({ takeWishes: true }),
  now: () => 0,
  uploads: { accept: () => Promise.reject(new Error('no upload is meant')) },
});
const experiment = '3340851|7|c1|shop|deployment|web';
const metadata = {
  ...{ Org_id: '3340851', Workload_id: 17, Experiment_name: experiment },
  ...{ Max_endtime_report: '2023-06-03T00:45:00Z', ExperimentType: 'container' },
};

function recordOf(message: unknown): LogRecord {
  const value = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const topic = 'rosocp.kruize.recommendations';
  return { topic, partition: 0, offset: 7, key: experiment, value, headers: {}, timestamp: 0 };
}

async function take(record: LogRecord): Promise<Emission[]> {
  const emissions: Emission[] = [];
  for await (const emission of source.take(record, record)) emissions.push(emission);
  return emissions;
}

it.each([
  { Request_id: 'r-1', Metadata: metadata },
  {
    request_id: 'r-1',
    metadata: { ...metadata, Max_endtime_report: '2023-06-03T06:15:00+05:30', more: 1 },
  },
])('%j is a wish for a recommendation', async (message) => {
  expect(source.from).toEqual(['rosocp.kruize.recommendations']);
  expect(await take(recordOf(message))).toEqual([
    {
      ...{ topic: 'experiments', type: 'RecommendationsRequested' },
      key: '3340851/3340851%7C7%7Cc1%7Cshop%7Cdeployment%7Cweb',
      data: {
        org_id: '3340851',
        experiment_name: experiment,
        interval_end: Date.UTC(2023, 5, 3, 0, 45),
      },
    },
  ]);
  expect(source.headers(recordOf(message))).toEqual({ org: '3340851', 'request-id': 'r-1' });
});

it.each([
  ['{', 'BAD_JSON', /one line/],
  [[], 'WISH_INVALID', /message/],
  [{ Request_id: 'r-1' }, 'WISH_INVALID', /metadata/],
  [{ Metadata: metadata }, 'WISH_INVALID', /request_id/],
  [{ Request_id: 'r', Metadata: { ...metadata, Workload_id: 0 } }, 'WISH_INVALID', /workload_id: not 0/],
  [
    { Request_id: 'r', Metadata: { ...metadata, Max_endtime_report: 'now' } },
    'WISH_INVALID',
    /max_endtime_report/,
  ],
  [{ Request_id: 'r', Metadata: { ...metadata, ExperimentType: 'x' } }, 'WISH_INVALID', /experimenttype/],
  [{ Request_id: 'r', Metadata: { ...metadata, org_id: 'other' } }, 'WISH_INVALID', /org_id is there twice/],
])('%j dies as %s', async (message, code, pattern) => {
  const error = await take(recordOf(message)).catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe(code);
  expect(messageOf(error)).toMatch(pattern);
  expect(source.headers(recordOf(message))).toEqual({});
});
