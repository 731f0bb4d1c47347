import { isJsonObject, member, parseJson, type JsonObject } from './json.ts';

/** A header of more characters is refused: 16 KiB. */
export const maxIdentityLength = 16 * 1024;

const maxDepth = 64;
const maxFieldLength = 255;
const header = 'x-rh-identity header';

/** Who sends, as the gateway says. The header is not signed: trust it only behind a hop that sets it. */
export interface Identity {
  /** null only for types that need none (strict: Associate, X509 without account). Nothing may be stored for it. */
  readonly org: string | null;
  readonly account: string | null;
  /** User, ServiceAccount, System, Associate, X509 …; null when lenient and not sent. */
  readonly type: string | null;
  /** Name of the user, service account, system or certificate, for people. */
  readonly principal: string | null;
}

/** Why a header was refused; `reason` is worded as the upstream gateway does (`Bad Request: <reason>`). */
export interface IdentityFault {
  readonly ok: false;
  readonly code:
    | 'IDENTITY_MISSING'
    | 'IDENTITY_TOO_LARGE'
    | 'IDENTITY_NOT_BASE64'
    | 'IDENTITY_NOT_JSON'
    | 'IDENTITY_WITHOUT_ORG'
    | 'IDENTITY_WITHOUT_TYPE';
  readonly reason: string;
}

/** What came of {@link parseIdentity}. */
export type ParsedIdentity = { readonly ok: true; readonly identity: Identity } | IdentityFault;

/** strict: as upstream, `type` is required and two types need no org. Lenient: an org is required, a type is not. */
export interface IdentityOptions {
  readonly strict: boolean;
}

/**
 * Reads an `x-rh-identity` header: base64 of `{"identity":{"org_id","account_number","type","internal":{"org_id"},…}}`.
 * The org is `identity.org_id`, else `identity.internal.org_id`. Never throws.
 */
export function parseIdentity(value: string | undefined, options: IdentityOptions): ParsedIdentity {
  if (value === undefined || value === '') return fault('IDENTITY_MISSING', `missing ${header}`);
  if (value.length > maxIdentityLength) {
    return fault('IDENTITY_TOO_LARGE', `${header} is longer than ${maxIdentityLength} characters`);
  }
  const decoded = decodeBase64(value);
  if (decoded === null) return fault('IDENTITY_NOT_BASE64', `unable to b64 decode ${header}`);
  const parsed = parseJson(decoded, maxDepth);
  if (!parsed.ok) return notJson(parsed.reason);
  try {
    return read(parsed.value, options);
  } catch (error) {
    if (error instanceof WrongType) return notJson(error.message);
    throw error;
  }
}

function read(value: unknown, options: IdentityOptions): ParsedIdentity {
  if (!isJsonObject(value)) return notJson('it is not an object');
  const identity = objectAt(value, 'identity');
  const type = textAt(identity, 'type');
  const account = textAt(identity, 'account_number');
  const org = textAt(identity, 'org_id') ?? textAt(objectAt(identity, 'internal'), 'org_id');
  const exempt = options.strict && (type === 'Associate' || (type === 'X509' && account === null));
  if (org === null ? !exempt : !plain(org)) {
    return fault('IDENTITY_WITHOUT_ORG', `${header} has an invalid or missing org_id`);
  }
  if (type === null && options.strict) return fault('IDENTITY_WITHOUT_TYPE', `${header} is missing type`);
  return { ok: true, identity: { org, account, type, principal: principalOf(identity) } };
}

/** Where each type of identity keeps its name. */
const principals = [
  ['user', 'username'],
  ['user', 'user_id'],
  ['service_account', 'username'],
  ['service_account', 'client_id'],
  ['system', 'cn'],
  ['associate', 'email'],
  ['x509', 'subject_dn'],
] as const;

function principalOf(identity: JsonObject): string | null {
  for (const [holder, name] of principals) {
    const found = textAt(objectAt(identity, holder), name);
    if (found !== null && plain(found)) return found;
  }
  return null;
}

function plain(text: string): boolean {
  return text.length <= maxFieldLength && text.trim() !== '' && !/\p{C}/u.test(text);
}

class WrongType extends Error {}

function objectAt(holder: JsonObject, name: string): JsonObject {
  const value = member(holder, name) ?? {};
  if (isJsonObject(value)) return value;
  throw new WrongType(`${name} is not an object`);
}

/** Text of a member; empty counts as absent. */
function textAt(holder: JsonObject, name: string): string | null {
  const value = member(holder, name) ?? '';
  if (typeof value !== 'string') throw new WrongType(`${name} is not text`);
  return value === '' ? null : value;
}

/** Standard base64 with padding, line breaks allowed, as UTF-8; null when it is none. */
function decodeBase64(value: string): string | null {
  const bare = value.replace(/[\r\n]/g, '');
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return null;
  return Buffer.from(bare, 'base64').toString('utf8');
}

function fault(code: IdentityFault['code'], reason: string): IdentityFault {
  return { ok: false, code, reason };
}

function notJson(detail: string): IdentityFault {
  return fault('IDENTITY_NOT_JSON', `${header} does not contain valid JSON: ${detail}`);
}
