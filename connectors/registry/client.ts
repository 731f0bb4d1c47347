/** What we ask a Confluent-compatible registry: the endpoints of the client library over a transport that is bounded. */
import { createRequire } from 'node:module';
import type Library from '@kafkajs/confluent-schema-registry/dist/api/index.js';
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import type { RegistrySettings } from './settings.ts';
import { RegistryRefusal, ask } from './transport.ts';

/** A schema as the registry answers it. */
export interface AnsweredSchema {
  readonly schema: string;
  /** AVRO when the registry does not say. */
  readonly type: string;
}

/** A version of a subject. */
export interface SubjectVersion {
  readonly id: number;
  readonly version: number;
  readonly avro: string;
}

/** The calls; every one may throw Retryable REGISTRY_AWAY or BadInput REGISTRY_REFUSED. */
export interface RegistryClient {
  /** The schema of an id; undefined when the registry says that there is none. */
  schemaOf(id: number): Promise<AnsweredSchema | undefined>;
  /** The id of a schema under a subject; undefined when it is not registered there. */
  registered(subject: string, avro: string): Promise<number | undefined>;
  /** Versions of a subject, oldest first; none when it is not there. */
  versions(subject: string): Promise<readonly SubjectVersion[]>;
  subjects(): Promise<readonly string[]>;
  /** Compatibility that was set for a subject; undefined when none was. */
  compatibility(subject: string): Promise<string | undefined>;
  /** The registry forbids it: BadInput REGISTRY_REFUSED; so for `register`. */
  setCompatibility(subject: string, level: string): Promise<void>;
  /** Whether the latest version's rule lets this schema in; true when there is no version. */
  compatible(subject: string, avro: string): Promise<boolean>;
  /** Registers, or finds, a schema and returns its id. The rule of the subject forbids it: BadInput SCHEMA_INCOMPATIBLE. */
  register(subject: string, avro: string): Promise<number>;
}

interface Answer {
  data(): unknown;
}
type Call = (params: Record<string, unknown>) => Promise<Answer>;

// the library's public class hides the endpoints that plan and apply need; `require` gives its module as it is, bundled or not
const library = createRequire(import.meta.url)(
  '@kafkajs/confluent-schema-registry/dist/api/index.js',
) as typeof Library;

/** Confluent's codes for what is not there: a subject, a version, a schema, a setting of a subject. */
const ABSENT = new Set([40401, 40402, 40403, 40408]);

/** A client of the registry of the settings. It opens nothing before the first call. */
export function registryClient(settings: RegistrySettings): RegistryClient {
  const { Schema, Subject } = library.default({
    host: settings.url.replace(/\/+$/, ''),
    clientId: 'rightstream',
    middlewares: [
      // the outermost: what stands within (retries, the network) is not used
      () => ({
        async response(_next, _renew, request) {
          const body = request.body();
          const json = await ask(settings, {
            method: request.method(),
            url: request.url(),
            ...(typeof body === 'string' ? { body } : {}),
          });
          return { data: () => json } as never;
        },
      }),
    ],
  });

  async function call(
    method: unknown,
    params: Record<string, unknown> = {},
  ): Promise<Record<string, unknown>> {
    return (await (method as Call)(params)).data() as Record<string, unknown>;
  }

  return {
    async schemaOf(id) {
      const answer = await unlessAbsent(() => call(Schema.find, { id }));
      if (answer === undefined) return undefined;
      return {
        schema: text(answer, 'schema'),
        type: answer['schemaType'] === undefined ? 'AVRO' : text(answer, 'schemaType'),
      };
    },
    async registered(subject, avro) {
      const answer = await unlessAbsent(() => call(Subject.registered, { subject, body: { schema: avro } }));
      return answer === undefined ? undefined : number(answer, 'id');
    },
    async versions(subject) {
      const latest = await unlessAbsent(() => call(Subject.latestVersion, { subject }));
      if (latest === undefined) return [];
      const versions = [versionOf(latest)];
      for (let version = versions[0]!.version - 1; version >= 1; version--) {
        // versions that were deleted leave gaps
        const answer = await unlessAbsent(() => call(Subject.version, { subject, version }));
        if (answer !== undefined) versions.unshift(versionOf(answer));
      }
      return versions;
    },
    async subjects() {
      const answer: unknown = await call(Subject.all);
      if (!Array.isArray(answer)) throw strange('the list of subjects');
      return answer.map(String);
    },
    async compatibility(subject) {
      const answer = await unlessAbsent(() => call(Subject.config, { subject }));
      return answer === undefined ? undefined : text(answer, 'compatibilityLevel').toUpperCase();
    },
    async setCompatibility(subject, level) {
      await written(subject, () => call(Subject.updateConfig, { subject, body: { compatibility: level } }));
    },
    async compatible(subject, avro) {
      const answer = await unlessAbsent(() => call(Subject.compatible, { subject, body: { schema: avro } }));
      return answer === undefined || answer['is_compatible'] === true;
    },
    async register(subject, avro) {
      const answer = await written(subject, () =>
        call(Subject.register, { subject, body: { schema: avro } }),
      );
      return number(answer, 'id');
    },
  };
}

function versionOf(answer: Record<string, unknown>): SubjectVersion {
  return { id: number(answer, 'id'), version: number(answer, 'version'), avro: text(answer, 'schema') };
}

async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RegistryRefusal)) throw error;
    if (ABSENT.has(error.errorCode)) return undefined;
    // it does not say that the thing is not there, so nothing may be concluded
    throw new Retryable({ code: 'REGISTRY_AWAY', message: refusalText(error) }, { cause: error });
  }
}

async function written<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RegistryRefusal)) throw error;
    const code = error.status === 409 ? 'SCHEMA_INCOMPATIBLE' : 'REGISTRY_REFUSED';
    throw new BadInput({ code, message: `${subject}: ${refusalText(error)}` }, { cause: error });
  }
}

function refusalText({ status, errorCode, message }: RegistryRefusal): string {
  return `the schema registry answered ${status} (${errorCode}): ${message}`;
}

function text(answer: Record<string, unknown>, field: string): string {
  const value = answer[field];
  if (typeof value !== 'string') throw strange(field);
  return value;
}

function number(answer: Record<string, unknown>, field: string): number {
  const value = answer[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw strange(field);
  return value;
}

function strange(what: string): Retryable {
  return new Retryable({
    code: 'REGISTRY_AWAY',
    message: `an answer of the schema registry lacks ${what}: check that SCHEMA_REGISTRY_URL is the base of a Confluent-compatible API`,
  });
}
