import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxIdentityLength, parseIdentity } from '../../../streams/intake/identity.ts';

const strict = { strict: true };
const lenient = { strict: false };
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const user = (changes: object): string => encode({ identity: { org_id: '12345', type: 'User', ...changes } });

// The two samples of the published data-flow description.
const ingressSample =
  'eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwiaW50ZXJuYWwiOnsib3JnX2lkIjoiMTIzNDUifX19';
const eventSample =
  'eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwidHlwZSI6IlVzZXIiLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIxMjM0NSJ9fX0=';

describe('the published samples', () => {
  it('the one without a type is refused when strict and accepted otherwise', () => {
    expect(parseIdentity(ingressSample, strict)).toEqual({
      ok: false,
      code: 'IDENTITY_WITHOUT_TYPE',
      reason: 'x-rh-identity header is missing type',
    });
    expect(parseIdentity(ingressSample, lenient)).toEqual({
      ok: true,
      identity: { org: '12345', account: '12345', type: null, principal: null },
    });
  });

  it('the one of type User is accepted, with the org from internal', () => {
    const identity = { org: '12345', account: '12345', type: 'User', principal: null };
    expect(parseIdentity(eventSample, strict)).toEqual({ ok: true, identity });
    expect(parseIdentity(eventSample, lenient)).toEqual({ ok: true, identity });
  });
});

describe('what is accepted', () => {
  it.each([
    ['org_id before internal', user({ internal: { org_id: 'other' } }), { org: '12345' }],
    ['internal when org_id is empty', user({ org_id: '', internal: { org_id: 'inner' } }), { org: 'inner' }],
    ['unknown members', user({ auth_time: 1, entitlements: [{}] }), { org: '12345' }],
    ['line breaks', user({}).replace(/(.{20})/g, '$1\r\n'), { org: '12345' }],
    ['user name', user({ user: { username: 'jo', user_id: '7' } }), { principal: 'jo' }],
    ['user id', user({ user: { user_id: '7' } }), { principal: '7' }],
    [
      'service account',
      user({ type: 'ServiceAccount', service_account: { username: 'sa-1' } }),
      { type: 'ServiceAccount', principal: 'sa-1' },
    ],
    ['system', user({ type: 'System', system: { cn: 'host-1' } }), { principal: 'host-1' }],
    ['principal that is not printable', user({ user: { username: 'a\u0000b' } }), { principal: null }],
    ['null members', user({ account_number: null, internal: null, user: null }), { account: null }],
    ['text beyond ASCII', user({ org_id: 'Zürich' }), { org: 'Zürich' }],
  ])('%s', (_, header, expected) => {
    expect(parseIdentity(header, strict)).toMatchObject({ ok: true, identity: expected });
  });

  it.each([
    ['Associate', { type: 'Associate' }],
    ['X509 without account', { type: 'X509' }],
    ['X509 with empty account', { type: 'X509', account_number: '' }],
  ])('strict: %s needs no org; lenient it does', (_, identity) => {
    expect(parseIdentity(encode({ identity }), strict)).toMatchObject({ ok: true, identity: { org: null } });
    expect(parseIdentity(encode({ identity }), lenient)).toMatchObject({ code: 'IDENTITY_WITHOUT_ORG' });
  });
});

describe('what is refused', () => {
  const noOrg = 'x-rh-identity header has an invalid or missing org_id';
  it.each([
    ['no header', undefined, 'IDENTITY_MISSING', 'missing x-rh-identity header'],
    ['empty header', '', 'IDENTITY_MISSING', 'missing x-rh-identity header'],
    ['no base64', '{"identity":{}}', 'IDENTITY_NOT_BASE64', 'unable to b64 decode x-rh-identity header'],
    [
      'missing padding',
      eventSample.slice(0, -1),
      'IDENTITY_NOT_BASE64',
      'unable to b64 decode x-rh-identity header',
    ],
    ['URL alphabet', '__-_', 'IDENTITY_NOT_BASE64', 'unable to b64 decode x-rh-identity header'],
    [
      'no JSON',
      encode('org=1'),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: it is not well-formed',
    ],
    [
      'an array',
      encode('[]'),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: it is not an object',
    ],
    [
      'identity as text',
      encode({ identity: 'me' }),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: identity is not an object',
    ],
    [
      'org as number',
      user({ org_id: 12345 }),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: org_id is not text',
    ],
    [
      'org as object',
      user({ org_id: { toString: 1 } }),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: org_id is not text',
    ],
    ['no identity', encode({}), 'IDENTITY_WITHOUT_ORG', noOrg],
    ['no org', user({ org_id: undefined }), 'IDENTITY_WITHOUT_ORG', noOrg],
    ['org checked before type', encode({ identity: {} }), 'IDENTITY_WITHOUT_ORG', noOrg],
    [
      'X509 with account but no org',
      encode({ identity: { type: 'X509', account_number: '1' } }),
      'IDENTITY_WITHOUT_ORG',
      noOrg,
    ],
    ['org of spaces', user({ org_id: '  ' }), 'IDENTITY_WITHOUT_ORG', noOrg],
    ['org with a line break', user({ org_id: '1\n2' }), 'IDENTITY_WITHOUT_ORG', noOrg],
    ['org of 300 characters', user({ org_id: '1'.repeat(300) }), 'IDENTITY_WITHOUT_ORG', noOrg],
    ['no type', user({ type: undefined }), 'IDENTITY_WITHOUT_TYPE', 'x-rh-identity header is missing type'],
    ['empty type', user({ type: '' }), 'IDENTITY_WITHOUT_TYPE', 'x-rh-identity header is missing type'],
    [
      '65 deep',
      encode(`{"identity":${'['.repeat(64)}${']'.repeat(64)}}`),
      'IDENTITY_NOT_JSON',
      'x-rh-identity header does not contain valid JSON: it nests deeper than 64',
    ],
    [
      'too long',
      'A'.repeat(maxIdentityLength + 4),
      'IDENTITY_TOO_LARGE',
      `x-rh-identity header is longer than ${maxIdentityLength} characters`,
    ],
  ])('%s', (_, header, code, reason) => {
    expect(parseIdentity(header, strict)).toEqual({ ok: false, code, reason });
  });

  it.each([
    '{"__proto__":{"identity":{"org_id":"1","type":"User"}}}',
    '{"identity":{"__proto__":{"org_id":"1","type":"User"}}}',
    '{"identity":{"constructor":{"prototype":{"org_id":"1"}},"type":"User"}}',
    '{"identity":{"internal":{"__proto__":{"org_id":"1"}},"type":"User"}}',
  ])('members smuggled in by prototype: %s', (text) => {
    expect(parseIdentity(encode(text), strict)).toMatchObject({ code: 'IDENTITY_WITHOUT_ORG' });
    expect(({} as Record<string, unknown>).org_id).toBeUndefined();
  });
});

it('never throws, and accepts nothing without an org when lenient', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map(encode),
        fc.json().map((json) => encode(`{"identity":${json}}`)),
      ),
      (header) => {
        const parsed = parseIdentity(header, lenient);
        if (parsed.ok) expect(parsed.identity.org).not.toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});
