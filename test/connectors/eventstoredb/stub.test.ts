/** The stand-in behaves as the real server does, as far as the sink relies on it. */
import { afterAll, beforeAll, describe } from 'vitest';
import { startEventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { EventStoreStub } from '../../support/eventstoredb-stub.ts';
import { auditContract } from './contract.ts';

describe('the stand-in for EventStoreDB', () => {
  let stub: EventStoreStub;
  beforeAll(async () => {
    stub = await startEventStoreStub();
  });
  afterAll(() => {
    stub.stop();
  });
  auditContract(() => stub.url);
});
