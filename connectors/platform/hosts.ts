/** Where files may be fetched from: named hosts only, and through a pattern never into the own network. */
import { BlockList, isIP } from 'node:net';
import { Terminal } from '../../streams/runtime/errors.ts';

/** Decides about hosts and addresses. */
export interface AllowedHosts {
  /** Throws Terminal FETCH_DENIED for a host that is not allowed, or an address written in the URL that is not. */
  check(url: URL): void;
  /** Throws Terminal FETCH_DENIED for an address that the host of this URL may not resolve to. */
  checkAddress(url: URL, address: string): void;
}

/** `host`, `host:port`, `*.domain` and `*`. */
export function allowedHosts(entries: readonly string[]): AllowedHosts {
  const named = new Set(entries.filter((entry) => !entry.startsWith('*')));
  const suffixes = entries.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1));
  const any = entries.includes('*');
  const isNamed = (url: URL): boolean => named.has(hostOf(url)) || named.has(`${hostOf(url)}:${portOf(url)}`);
  return {
    check(url) {
      const host = hostOf(url);
      const allowed = isNamed(url) || any || suffixes.some((suffix) => host.endsWith(suffix));
      if (!allowed)
        throw denied(`${host}:${portOf(url)} is none of the allowed hosts (PLATFORM_ALLOWED_HOSTS)`);
      if (isIP(host) !== 0) this.checkAddress(url, host);
    },
    checkAddress(url, address) {
      const host = hostOf(url);
      if (contains(linkLocal, address) ? host === address && isNamed(url) : isNamed(url)) return;
      if (!contains(inner, address)) return;
      throw denied(
        `${host} is ${address}, an address of an inner network; such a host must itself be named in PLATFORM_ALLOWED_HOSTS`,
      );
    },
  };
}

function denied(message: string): Terminal {
  return new Terminal({ code: 'FETCH_DENIED', message });
}

function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}

/** Where clouds keep their credentials, among others. */
const linkLocal = networks(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128']);

/** Addresses that do not belong to the internet at large. */
const inner = networks([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
]);

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address, bits] = entry.split('/') as [string, string];
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** IPv4 addresses in IPv6 (::ffff:10.0.0.1, ::ffff:a00:1) count as IPv4: BlockList looks through them. */
function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
