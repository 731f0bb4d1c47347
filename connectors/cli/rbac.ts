/** The access service, from the environment, under the names that upstream gives its settings. */
import { BadInput } from '../../streams/runtime/errors.ts';
import { readSettings } from '../define.ts';
import { rbacSettings, type RbacSettings } from '../rbac/settings.ts';

/** Environment variables. */
export const rbacEnvironment = {
  RBAC_ENABLE: '`true`: ask an access service what callers may read; default `true` when RBAC_URL is set.',
  RBAC_URL: 'Base of the access service; or RBACPROTOCOL, RBACHOST and RBACPORT.',
  RBACPROTOCOL: '`http` (default) or `https`.',
  RBACHOST: 'Its host; default `localhost`.',
  RBACPORT: 'Its port; default 9080.',
} as const;

/** The settings; undefined: nobody is asked. What is wrong: BadInput BAD_SETTINGS. */
export function rbacFrom(env: Readonly<Record<string, string | undefined>>): RbacSettings | undefined {
  const given = (name: string): string | undefined => env[name] || undefined;
  const url = given('RBAC_URL');
  const enable = (given('RBAC_ENABLE') ?? String(url !== undefined)).toLowerCase();
  if (enable !== 'true' && enable !== 'false') {
    throw new BadInput({ code: 'BAD_SETTINGS', message: 'RBAC_ENABLE must be true or false' });
  }
  if (enable === 'false') return undefined;
  const [protocol, host, port] = [
    given('RBACPROTOCOL') ?? 'http',
    given('RBACHOST') ?? 'localhost',
    given('RBACPORT') ?? '9080',
  ];
  return readSettings('rbac', rbacSettings, { url: url ?? `${protocol}://${host}:${port}` });
}
