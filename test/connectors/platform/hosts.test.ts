import { describe, expect, it } from 'vitest';
import { allowedHosts } from '../../../connectors/platform/hosts.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

function outcome(entries: readonly string[], link: string, address?: string): string {
  const hosts = allowedHosts(entries);
  try {
    hosts.check(new URL(link));
    if (address !== undefined) hosts.checkAddress(new URL(link), address);
    return 'ok';
  } catch (error) {
    return codeOf(error);
  }
}

describe('hosts that files are fetched from', () => {
  it.each([
    [[], 'http://example.org/a', undefined, 'FETCH_DENIED'],
    [['example.org'], 'http://example.org:8080/a', '93.184.216.34', 'ok'],
    [['example.org'], 'http://EXAMPLE.org./a', '93.184.216.34', 'ok'],
    [['example.org'], 'http://evil-example.org/a', undefined, 'FETCH_DENIED'],
    [['example.org:9000'], 'http://example.org/a', undefined, 'FETCH_DENIED'],
    [['example.org:80'], 'http://example.org/a', undefined, 'ok'],
    [['*.example.org'], 'http://example.org/a', undefined, 'FETCH_DENIED'],
    [['*.example.org'], 'https://s3.example.org/a', '93.184.216.34', 'ok'],
    // A name may be private; what only a pattern allows may not.
    [['minio'], 'http://minio:9000/a', '172.18.0.4', 'ok'],
    [['*.example.org'], 'http://in.example.org/a', '10.0.0.1', 'FETCH_DENIED'],
    [['*'], 'http://anything/a', '127.0.0.1', 'FETCH_DENIED'],
    [['*'], 'http://127.0.0.1/a', undefined, 'FETCH_DENIED'],
    [['*'], 'http://2130706433/a', undefined, 'FETCH_DENIED'],
    [['*'], 'http://[::1]/a', undefined, 'FETCH_DENIED'],
    [['*'], 'http://[::ffff:10.0.0.1]/a', undefined, 'FETCH_DENIED'],
    [['*'], 'http://x/a', '::ffff:a00:1', 'FETCH_DENIED'],
    [['*'], 'http://x/a', 'fd12::1', 'FETCH_DENIED'],
    [['*'], 'http://x/a', '64:ff9b::7f00:1', 'FETCH_DENIED'],
    [['127.0.0.1:9000'], 'http://127.0.0.1:9000/a', undefined, 'ok'],
    [['127.0.0.1:9000'], 'http://127.0.0.1:9001/a', undefined, 'FETCH_DENIED'],
    [['[::1]:9000', '::1'], 'http://[::1]:9000/a', undefined, 'ok'],
    // The address where clouds keep credentials has to be named itself.
    [['metadata'], 'http://metadata/a', '169.254.169.254', 'FETCH_DENIED'],
    [['169.254.169.254'], 'http://169.254.169.254/a', undefined, 'ok'],
    [['*'], 'http://169.254.169.254/a', undefined, 'FETCH_DENIED'],
  ] as const)('%j lets %s at %s: %s', (entries, link, address, expected) => {
    expect(outcome(entries, link, address)).toBe(expected);
  });
});
