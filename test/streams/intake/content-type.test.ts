import { expect, it } from 'vitest';
import { classifyPart } from '../../../streams/intake/content-type.ts';

const hccm = { service: 'hccm', category: 'tar' };
const advisor = { service: 'advisor', category: 'upload' };

it.each([
  ['application/vnd.redhat.hccm.tar+tgz', hccm, hccm],
  [
    'application/vnd.redhat.hccm.upload',
    { service: 'hccm', category: 'upload' },
    { service: 'hccm', category: 'upload' },
  ],
  [
    'text/plain; application/vnd.redhat.qpc.tar',
    { service: 'qpc', category: 'tar' },
    { service: 'qpc', category: 'tar' },
  ],
  ['application/x-gzip; charset=binary', advisor, advisor],
  ['application/gzip', advisor, advisor],
  ['application/gzip; charset=binary', advisor, advisor],
  ['application/gzip; charset=utf-8', null, null],
  ['application/vnd.redhat.hccm', null, null],
  ['application/vnd.redhat.HCCM.tar', null, null],
  ['application/octet-stream', null, hccm],
  ['Application/Octet-Stream; x=y', null, hccm],
  [undefined, null, hccm],
  ['text/csv', null, { service: 'hccm', category: 'csv' }],
  ['text/csv; charset=utf-8', null, { service: 'hccm', category: 'csv' }],
  ['application/json', null, null],
])('%j: strict %j, by hand %j', (type, strictly, byHand) => {
  expect(classifyPart(type, { strict: true, gzip: true })).toEqual(strictly);
  expect(classifyPart(type, { strict: false, gzip: true })).toEqual(byHand);
});

it('an unspecific type whose bytes are not gzip is not supported', () => {
  expect(classifyPart('application/octet-stream', { strict: false, gzip: false })).toBeNull();
});
