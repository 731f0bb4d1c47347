import { expect, it } from 'vitest';
import { translate } from '../../../connectors/postgres/transaction.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';

const failure = (code: string): Error => Object.assign(new Error('it failed'), { code });

it.each([
  ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED'],
  ...['25006', '28P01', '28000', '3D000', '42501', '57P03', '40001'],
])('%s is the fault of no record: it is tried again', (code) => {
  expect(translate(failure(code))).toBeInstanceOf(Retryable);
});

it.each(['22003', '23505', '54000', '42P01'])('%s does not pass by waiting', (code) => {
  const error = failure(code);
  expect(translate(error)).toBe(error);
});
