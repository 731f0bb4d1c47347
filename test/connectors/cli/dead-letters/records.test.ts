import { expect, test } from 'vitest';
import {
  discardSubmission,
  redriveRecords,
  redriveSubmission,
} from '../../../../connectors/cli/dead-letters/records.ts';
import { createCodec, localRegistry } from '../../../../schemas/codec/codec.ts';

const codec = createCodec(localRegistry());
const record = {
  ...{ topic: 'usage', partition: 2, offset: 5, key: 'k', value: Buffer.from('?'), timestamp: 1 },
  headers: { 'event-id': 'e', 'caused-by': 'c', org: 'o', origin: 'a/b/0', seq: '9.1.0' },
};
const redrive = { unit: 'recommendations', record, attempt: 1, by: 'cli:me', host: 'here', reason: 'why' };

test('a redriven record is the event that died, without the place that it had in the order of its origin', () => {
  const [fact, retry] = redriveRecords(codec, redrive, 7);
  expect(retry).toEqual({
    ...{ topic: 'recommendations.retry', partition: 2, key: 'k', value: record.value, timestamp: 7 },
    headers: {
      ...{ 'event-id': 'e', 'caused-by': 'c', org: 'o' },
      ...{ 'redrive-of': 'usage/2/5', 'redrive-attempt': '1' },
    },
  });
  expect(fact.headers).toMatchObject({ 'caused-by': 'e', org: 'o', 'event-type': 'RecordRedriven' });
  expect(fact).toMatchObject({ topic: 'dead-letters', key: 'recommendations' });
  expect(codec.decode(fact.value!).data).toEqual({
    ...{ unit: 'recommendations', topic: 'usage', partition: 2, offset: 5, attempt: 1 },
    ...{ by: 'cli:me', host: 'here', reason: 'why', edited: false, event_id: 'e' },
    value_sha256: '8a8de823d5ed3e12746a62ef169bcf372be0ca44f0a1236abc35df05d96928e1',
  });
});

test('an edited copy is an event of its own, caused by the one that died', () => {
  const edited = { headers: { 'event-type': 'X', org: 'o' }, value: Buffer.from('!') };
  const [fact, retry] = redriveRecords(codec, { ...redrive, attempt: 2, edited }, 7);
  expect(retry.value).toBe(edited.value);
  expect(retry.headers).toEqual({
    ...{ 'event-type': 'X', org: 'o', 'event-id': 'edited/recommendations/usage/2/5@2', 'caused-by': 'e' },
    ...{ 'edited-from': 'usage/2/5', 'redrive-of': 'usage/2/5', 'redrive-attempt': '2' },
  });
  expect(codec.decode(fact.value!).data).toMatchObject({ edited: true, event_id: retry.headers['event-id'] });
});

test('what is submitted once is one attempt: of one unit, record and number', () => {
  const id = (more: Partial<typeof redrive>) =>
    redriveSubmission(codec, { ...redrive, ...more }, Date.now(), 'r').requestId;
  const ids = [{}, { attempt: 2 }, { unit: 'uploads' }, { record: { ...record, offset: 6 } }].map(id);
  expect(new Set(ids).size).toBe(4);
  expect(id({ by: 'another', reason: 'another' })).toBe(ids[0]);
  expect(discardSubmission(codec, redrive, 1, 'r')).toMatchObject({
    org: 'o',
    requestId: expect.stringMatching(/^discard /) as string,
  });
});

test('an edited copy does not pass for the record itself', () => {
  const plain = redriveSubmission(codec, redrive, 1, 'r');
  const edited = { headers: record.headers, value: record.value };
  expect(redriveSubmission(codec, { ...redrive, edited }, 1, 'r').digest).not.toBe(plain.digest);
});
