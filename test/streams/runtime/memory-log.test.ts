import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { logContract } from './log-contract.ts';

logContract('the log in memory', () =>
  Promise.resolve({ log: new MemoryLog(), close: () => Promise.resolve() }),
);
