/** Who is calling: default deny, the organisation from x-rh-identity, and that only from where it may be believed. */
import { BlockList, isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { parseIdentity } from '../../streams/intake/identity.ts';
import type { Reach } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { HttpSettings } from './settings.ts';

/** A caller that may be served; every query is scoped by `org`. */
export interface Caller {
  readonly org: string;
  readonly account: string | null;
  /** true: no identity was sent; the caller is a process of this machine. */
  readonly local: boolean;
  /** What it may read of its organisation. */
  readonly reach: Reach;
}

/** Why a caller is not served. */
export class Refused extends BadInput {}

/** Makes the function that finds out who calls; anything that it cannot vouch for throws {@link Refused}. */
export function callerOf(settings: HttpSettings): (remote: string, headers: IncomingHttpHeaders) => Caller {
  const proxies = networks(settings.trustedProxies);
  const loopback = networks(['127.0.0.0/8', '::1']);
  return (remote, headers) => {
    const byProxy = settings.trustIdentity === 'proxy';
    const here = contains(loopback, remote) && forwarded(headers) === undefined;
    if (byProxy ? !contains(proxies, remote) : !here) {
      throw new Refused({
        code: 'CALLER_NOT_TRUSTED',
        message: byProxy
          ? `calls are taken from declared proxies only; ${remote} is none (setting trustedProxies)`
          : 'calls are taken from this machine only; behind a proxy set trustIdentity to "proxy" and declare it in trustedProxies',
      });
    }
    const header = headers['x-rh-identity'];
    if (header === undefined && !byProxy && !settings.strict) {
      return { org: settings.defaultOrg, account: null, local: true, reach: {} };
    }
    const parsed = parseIdentity(Array.isArray(header) ? header[0] : header, { strict: settings.strict });
    if (!parsed.ok) throw new Refused({ code: parsed.code, message: parsed.reason });
    const { org, account } = parsed.identity;
    if (org === null) {
      throw new Refused({
        code: 'IDENTITY_WITHOUT_ORG',
        message: 'x-rh-identity header has an invalid or missing org_id',
      });
    }
    return { org, account, local: false, reach: {} };
  };
}

function forwarded(headers: IncomingHttpHeaders): string | string[] | undefined {
  return headers['x-forwarded-for'] ?? headers.forwarded;
}

function networks(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
    if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) {
      throw new BadInput({
        code: 'BAD_SETTINGS',
        message: `trustedProxies: "${entry}" is no address or network; write 10.1.2.3 or 10.0.0.0/8`,
      });
    }
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** IPv4 addresses that come in as IPv6 (::ffff:127.0.0.1) count as IPv4. */
function contains(list: BlockList, remote: string): boolean {
  const address = remote.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
