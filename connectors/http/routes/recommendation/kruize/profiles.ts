/** Performance profiles: create, update, delete and list. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { versionText } from '../../../../../projections/recommendation/kruize/profile.ts';
import type { Profile } from '../../../../../projections/recommendation/kruize/profile.ts';
import { recordKey } from '../../../../../schemas/keys.ts';
import { topics } from '../../../../../schemas/topics.ts';
import type { Emission } from '../../../../../streams/runtime/ports.ts';
import { ask } from '../../../ask.ts';
import type { HttpDeps } from '../../../deps.ts';
import { isFields, listOf, objectOf, parseBody, textOf } from './body.ts';
import type { Fields } from './body.ts';
import { KruizeError, send } from './envelope.ts';
import { throwRefusal } from './experiments.ts';
import { knownProfiles } from './known-profiles.ts';

/** Table of the answers to wishes about profiles. */
export const PROFILE_ANSWERS = 'performance_profile_answers';

const tags = ['recommendation'];
const VIEW = 'View Performance Profiles at /listPerformanceProfiles';
/** JSON of one profile, characters. */
const MAX_PROFILE = 262_144;

/** Adds the routes. */
export function profileRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.get(
    '/listPerformanceProfiles',
    { schema: { tags, summary: 'Kruize: which metrics count, and how they are aggregated' } },
    (request) => knownProfiles(deps, request.caller.org),
  );
  scope.post(
    '/createPerformanceProfile',
    { schema: { tags, summary: 'Kruize: register a performance profile' } },
    async (request, reply) => {
      const { name } = await requestProfile(deps, request, false);
      return send(reply, 201, `Performance Profile : ${name} created successfully. ${VIEW}`);
    },
  );
  scope.put(
    '/updatePerformanceProfile',
    { schema: { tags, summary: 'Kruize: register a new version of a performance profile' } },
    async (request, reply) => {
      const { name, profile_version: version } = await requestProfile(deps, request, true);
      const message = `Performance Profile '${name}' updated successfully to version ${versionText(version)}. ${VIEW}`;
      return send(reply, 200, message);
    },
  );
  scope.delete(
    '/deletePerformanceProfile',
    { schema: { tags, summary: 'Kruize: remove a performance profile that no experiment uses' } },
    async (request, reply) => {
      const { name } = request.query as { name?: string | string[] };
      if (typeof name !== 'string' || name === '')
        throw new KruizeError('Performance profile name is required.');
      const { org } = request.caller;
      const where = [{ column: 'performance_profile', op: 'eq', value: name } as const];
      const experiments = await deps.readModels.count({ table: 'experiments', org, where });
      const data = { org_id: org, name, experiments };
      await wish(deps, request, { ...at(org), type: 'PerformanceProfileRemovalRequested', data });
      return send(reply, 200, `Performance profile '${name}' deleted successfully. ${VIEW}`);
    },
  );
}

const at = (org: string) => ({ topic: topics.performanceProfiles, key: recordKey(org) });

async function requestProfile(deps: HttpDeps, request: FastifyRequest, update: boolean): Promise<Profile> {
  const profile = readProfile(parseBody(request.body, 'Validation failed: The body is no JSON.'));
  const { org } = request.caller;
  const data = {
    ...{ org_id: org, name: profile.name, profile_version: profile.profile_version, update },
    document: JSON.stringify(profile),
  };
  await wish(deps, request, { ...at(org), type: 'PerformanceProfileRequested', data });
  return profile;
}

async function wish(deps: HttpDeps, request: FastifyRequest, event: Emission): Promise<void> {
  const [answer] = await ask(deps, request, { events: [event], answers: PROFILE_ANSWERS });
  throwRefusal(answer!);
}

/** The profile of a body; what is missing is named as Kruize names it. */
export function readProfile(body: unknown): Profile {
  const sent = Array.isArray(body) && body.length === 1 ? (body as unknown[])[0] : body;
  if (!isFields(sent))
    throw new KruizeError('Validation failed: The body has to be one performance profile.');
  const slo = objectOf(sent, 'slo');
  const version = Number(sent['profile_version'] ?? 0);
  const missing = [
    ...((textOf(sent, 'name') ?? '') === '' ? ['name'] : []),
    ...(version === 0 ? ['profile_version'] : []),
    ...(slo === null ? ['sloInfo'] : missingOfSlo(slo)),
  ];
  if (missing.length > 0) {
    throw new KruizeError(`Validation failed: Missing mandatory parameters: [${missing.join(', ')}]`);
  }
  if (!(version > 0 && version < 1e9))
    throw new KruizeError('Validation failed: profile_version: write a number above 0');
  if (JSON.stringify(sent).length > MAX_PROFILE) {
    throw new KruizeError(`Validation failed: The profile has more than ${MAX_PROFILE} characters.`);
  }
  return { ...(sent as unknown as Profile), profile_version: version };
}

function missingOfSlo(slo: Fields): string[] {
  const objective = objectOf(slo, 'objective_function');
  const variables = listOf(slo, 'function_variables');
  return [
    ...(textOf(slo, 'direction') === null ? ['direction'] : []),
    ...(objective === null ? ['objective_function'] : []),
    ...(objective !== null && textOf(objective, 'function_type') === null ? ['function_type'] : []),
    ...(variables.length === 0 ? ['function_variables'] : []),
    ...new Set(variables.flatMap(missingOfVariable)),
  ];
}

function missingOfVariable(variable: Fields): string[] {
  const missing = ['name', 'datasource', 'value_type'].filter(
    (field) => (textOf(variable, field) ?? '') === '',
  );
  const functions = listOf(variable, 'aggregation_functions');
  if (typeof variable['query'] !== 'string' && functions.length === 0)
    missing.push('query, aggregation_functions');
  if (functions.some((it) => textOf(it, 'function') === null)) missing.push('function');
  return missing;
}
