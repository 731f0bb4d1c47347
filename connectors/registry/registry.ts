/** The schema registry as the codec sees it: ids are looked up at the start and learned before records are decoded. */
import { avroType, canonicalForm } from '../../schemas/codec/avro.ts';
import { CodecError } from '../../schemas/codec/errors.ts';
import type { RegisteredSchema, SchemaRegistry } from '../../schemas/codec/registry.ts';
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import { registryClient } from './client.ts';
import type { AnsweredSchema, RegistryClient } from './client.ts';
import { Latest } from './lru.ts';
import type { RegistrySettings } from './settings.ts';
import type { EventSubject } from './subjects.ts';

/** A registry elsewhere. Nothing here registers anything: `rightstream apply` does. */
export interface ConfluentRegistry extends SchemaRegistry {
  /**
   * Looks up the id of every event of this version. Some are not registered: BadInput SCHEMA_NOT_REGISTERED, which
   * names all of them. Away: Retryable REGISTRY_AWAY.
   */
  open(): Promise<void>;
  /** The id of what says the same as a schema of one of these events, in any version of its subject. Away: Retryable REGISTRY_AWAY. */
  find(schema: RegisteredSchema): Promise<number | undefined>;
  /** Fetches the ids that are not known yet, so that `schemaOf` can answer. Away: Retryable REGISTRY_AWAY. */
  learn(ids: Iterable<number>): Promise<void>;
  /** `learn` for the ids that values start with; what is not in the wire format is left to the codec. */
  learnFrom(records: Iterable<{ readonly value: Buffer | null }>): Promise<void>;
  /**
   * The schema of an id; undefined when the registry has none, or none that is an Avro record.
   * An id that was not learned: Retryable SCHEMA_NOT_FETCHED, for nobody knows yet.
   */
  schemaOf(id: number): RegisteredSchema | undefined;
}

/** What tests replace. */
export interface RegistryTools {
  readonly client?: RegistryClient;
  readonly now?: () => number;
}

const PREFIX_BYTES = 5;
/** Ids are positive 32-bit integers; what is beyond cannot be asked for. */
const LAST_ID = 0x7fff_ffff;
const CONCURRENT = 4;

/** Something else than an Avro record: found, and of no use to us. */
const foreign = Symbol('foreign');

/** A registry of these settings for these events. It opens nothing before `open` or `learn`. */
export function confluentRegistry(
  settings: RegistrySettings,
  events: readonly EventSubject[],
  tools: RegistryTools = {},
): ConfluentRegistry {
  const client = tools.client ?? registryClient(settings);
  const now = tools.now ?? (() => Date.now());
  const ids = new Map<string, { readonly id: number; readonly form: string }>();
  const known = new Latest<number, RegisteredSchema | typeof foreign>(settings.cachedSchemas);
  /** Ids that the registry does not know, and when to ask again. */
  const unknown = new Latest<number, number>(settings.cachedSchemas);
  const asked = new Map<number, Promise<void>>();

  function isKnown(id: number): boolean {
    return id > LAST_ID || known.get(id) !== undefined || (unknown.get(id) ?? 0) > now();
  }

  async function fetchOne(id: number): Promise<void> {
    const answer = await client.schemaOf(id);
    if (answer === undefined) {
      unknown.set(id, now() + settings.unknownMs);
      return;
    }
    unknown.delete(id);
    known.set(id, recordSchema(answer));
  }

  /** Callers that want the same id share one request. */
  function fetchShared(id: number): Promise<void> {
    let running = asked.get(id);
    if (running === undefined) {
      running = fetchOne(id).finally(() => asked.delete(id));
      asked.set(id, running);
    }
    return running;
  }

  async function learn(wanted: Iterable<number>): Promise<void> {
    const missing = [...new Set(wanted)].filter((id) => !isKnown(id));
    if (missing.length === 0) return;
    try {
      await inParallel(missing, fetchShared);
    } catch (error) {
      // while records are read, a refused password is a matter of waiting: the record is not to blame
      if (!(error instanceof BadInput)) throw error;
      throw new Retryable({ code: error.code, message: error.message }, { cause: error });
    }
  }

  return {
    async open() {
      const missing: string[] = [];
      await inParallel(events, async ({ subject, fullName, avro }) => {
        const id = await idOfSchema(client, subject, avro);
        if (id === undefined) {
          missing.push(subject);
          return;
        }
        ids.set(fullName, { id, form: canonicalForm(avro) });
        known.set(id, { fullName, avro });
      });
      if (missing.length > 0) {
        throw new BadInput({
          code: 'SCHEMA_NOT_REGISTERED',
          message: `the registry lacks ${missing.toSorted().join(', ')}: run \`rightstream plan\`, then \`rightstream apply\``,
        });
      }
    },
    async find({ fullName, avro }) {
      const event = events.find((candidate) => candidate.fullName === fullName);
      return event === undefined ? undefined : idOfSchema(client, event.subject, avro);
    },
    learn,
    learnFrom(records) {
      const wanted = new Set<number>();
      for (const { value } of records) {
        if (value !== null && value.length >= PREFIX_BYTES && value[0] === 0)
          wanted.add(value.readUInt32BE(1));
      }
      return learn(wanted);
    },
    idOf(fullName, avroJson) {
      const found = ids.get(fullName);
      if (found !== undefined && found.form === canonicalForm(avroJson)) return found.id;
      throw new CodecError(
        'SCHEMA_UNKNOWN',
        `The registry was not asked for this schema of ${fullName} at the start.`,
        { event: fullName },
      );
    },
    schemaOf(id) {
      const schema = known.get(id);
      if (schema !== undefined) return schema === foreign ? undefined : schema;
      if (id > LAST_ID || unknown.get(id) !== undefined) return undefined;
      fetchShared(id).catch(() => undefined); // the next attempt tells
      throw new Retryable({
        code: 'SCHEMA_NOT_FETCHED',
        message: `schema ${id} was not fetched from the registry yet; it is being asked for`,
      });
    },
  };
}

/**
 * The id of a schema under a subject. The exact text decides; else a version that says the same to a reader of bytes,
 * as a changed doc needs no new id.
 */
export async function idOfSchema(
  client: RegistryClient,
  subject: string,
  avro: string,
): Promise<number | undefined> {
  const exact = await client.registered(subject, avro);
  if (exact !== undefined) return exact;
  const form = canonicalForm(avro);
  return (await client.versions(subject)).findLast((version) => sameForm(version.avro, form))?.id;
}

function sameForm(avro: string, form: string): boolean {
  try {
    return canonicalForm(avro) === form;
  } catch {
    return false; // no schema that avsc can read
  }
}

function recordSchema({ schema, type }: AnsweredSchema): RegisteredSchema | typeof foreign {
  if (type !== 'AVRO') return foreign;
  try {
    const compiled = avroType(schema);
    const name = compiled.typeName === 'record' ? compiled.name : undefined;
    return name === undefined ? foreign : { fullName: name, avro: schema };
  } catch {
    // it refers to other subjects, or is no schema: nothing that we write looks like that
    return foreign;
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const workers = Array.from({ length: Math.min(CONCURRENT, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  // all settle, so that nothing goes on behind the back of the caller
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
