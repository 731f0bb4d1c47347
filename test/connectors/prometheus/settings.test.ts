import { expect, it } from 'vitest';
import { readSettings } from '../../../connectors/define.ts';
import { prometheusSettings } from '../../../connectors/prometheus/settings.ts';

const read = (url: string) => readSettings('prometheus', prometheusSettings, { url, orgs: ['acme'] }).url;

it.each([
  'http://me:secret@127.0.0.1:9090',
  'http://:secret@127.0.0.1:9090',
  'http://secret@127.0.0.1',
  'secret',
])('the address %s is refused, and not repeated', (url) => {
  let error: unknown;
  try {
    read(url);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'BAD_SETTINGS' });
  expect(String(error)).not.toContain('secret');
});

it('an address is a base', () => {
  expect(read('http://127.0.0.1:9090/prom')).toBe('http://127.0.0.1:9090/prom/');
});
