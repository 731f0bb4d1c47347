/** The profile, from the environment: one machine with everything in Postgres, or Kafka with what belongs to it. */
import { readFile } from 'node:fs/promises';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { S3SettingsInput } from '../blobs/s3-settings.ts';
import { readSettings } from '../define.ts';
import { kafkaSettings } from '../kafka/settings.ts';
import type { KafkaSettings } from '../kafka/settings.ts';
import { platformSettings } from '../platform/settings.ts';
import type { PlatformSettings } from '../platform/settings.ts';
import { registrySettings } from '../registry/settings.ts';
import type { RegistrySettings } from '../registry/settings.ts';

/** Everything outside this process that the kafka profile uses. */
export interface KafkaProfile {
  readonly kind: 'kafka';
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  readonly registry: RegistrySettings;
  /** Checked when the store is opened. */
  readonly s3: Omit<S3SettingsInput, 'stagingDir'>;
  /** Absent: nothing is exchanged with the platform. */
  readonly platform?: PlatformSettings;
}

/** One machine: `databaseUrl` absent means the bundled Postgres. */
export interface EmbeddedProfile {
  readonly kind: 'embedded';
  readonly databaseUrl?: string;
}

/** How this process finds its log, registry, tables and blobs. */
export type Profile = EmbeddedProfile | KafkaProfile;

/** Environment variables of the kafka profile. */
export const kafkaEnvironment = {
  RIGHTSTREAM_PROFILE: '`embedded` (default) or `kafka`.',
  KAFKA_BROKERS: 'Bootstrap servers, host:port with commas between them.',
  KAFKA_SASL_MECHANISM: '`plain`, `scram-sha-256` or `scram-sha-512`; absent: no SASL.',
  KAFKA_SASL_USERNAME: 'User of SASL.',
  KAFKA_SASL_PASSWORD_FILE: 'File that holds the password; or KAFKA_SASL_PASSWORD itself.',
  KAFKA_TLS: '`true`: TLS with the authorities that Node knows.',
  KAFKA_TLS_CA_FILE: 'PEM file of the authority that signed the brokers; implies TLS.',
  KAFKA_TLS_CERT_FILE: 'PEM file of a client certificate, with KAFKA_TLS_KEY_FILE.',
  KAFKA_TLS_KEY_FILE: 'PEM file of its key.',
  KAFKA_GROUP_PREFIX: 'Consumer groups are <prefix>.<unit>; default `rightstream`.',
  KAFKA_TOPIC_PREFIX: 'What names of topics begin with on a shared cluster; default nothing.',
  KAFKA_SESSION_TIMEOUT_MS: 'A process that is silent for so long loses its partitions; default 10000.',
  SCHEMA_REGISTRY_URL: 'Base of a Confluent-compatible schema registry.',
  SCHEMA_REGISTRY_USER: 'User of basic authentication, with SCHEMA_REGISTRY_PASSWORD_FILE.',
  SCHEMA_REGISTRY_PASSWORD_FILE: 'File that holds the password; or SCHEMA_REGISTRY_PASSWORD itself.',
  S3_ENDPOINT: 'URL of an S3-compatible store; absent: AWS.',
  S3_REGION: 'Region; default `us-east-1`.',
  S3_BUCKET: 'Bucket of the blobs; `rightstream apply` makes it when it is missing.',
  S3_PREFIX: 'What keys of blobs begin with; default nothing.',
  S3_ACCESS_KEY_ID: 'Access key.',
  S3_SECRET_ACCESS_KEY_FILE: 'File that holds the secret key; or S3_SECRET_ACCESS_KEY itself.',
  PLATFORM_EVENTS: '`true`: take the reports that the platform announces.',
  PLATFORM_EVENTS_TOPIC: 'Where it announces them; default `hccm.ros.events`, without our prefix.',
  PLATFORM_ALLOWED_HOSTS:
    'Hosts that announced reports are fetched from, with commas: `host`, `host:port`, `*.domain`, `*`; the host of S3_ENDPOINT always is.',
  PLATFORM_BUCKET:
    'Bucket of the platform: a report whose link is refused with 403 is read there by its `object_keys`, with the credentials of S3_ENDPOINT; default none.',
  PLATFORM_ANNOUNCE: '`true`: announce uploads over HTTP to the platform.',
  PLATFORM_UPLOADS: '`true`: take the payloads of `hccm` that the upload service of the platform announces.',
  PLATFORM_UPLOADS_TOPIC: 'Where it announces them; default `platform.upload.announce`, without our prefix.',
  PLATFORM_STATUS: '`true`: tell the payload tracker of uploads over HTTP.',
  PLATFORM_STATUS_TOPIC: 'Where it reads; default `platform.payload-status`, without our prefix.',
  PLATFORM_SOURCES:
    '`true`: remove what the clusters of a source reported once the platform says that its application is gone.',
  SOURCES_API_BASE_URL:
    'Sources API, which says which application type is ours; needed with PLATFORM_SOURCES.',
  SOURCES_API_PREFIX: 'Its path; default `/api/sources/v3.1`.',
  PLATFORM_WISHES: '`true`: answer the recommendations that the processor of ROS asks for.',
  PLATFORM_WISHES_TOPIC: 'Where it asks; default `rosocp.kruize.recommendations`, without our prefix.',
  PLATFORM_VALIDATION_OUT:
    'Topic on which uploads are confirmed to the upload service, e.g. `platform.upload.validation`; absent: none.',
  PLATFORM_WISHES_OUT:
    'Topic on which the poller of ROS is asked for recommendations, e.g. `rosocp.kruize.recommendations`; absent: none.',
  PLATFORM_EVENTS_OUT:
    'Topic on which the reports in uploads are announced to the processor of ROS, e.g. `hccm.ros.events`; absent: none.',
  PLATFORM_UPLOADS_OUT:
    'Topic on which uploads over HTTP are announced as the upload service does, e.g. `platform.upload.announce`; absent: none.',
  PLATFORM_LINK_SECONDS: 'How long links in what we announce are good; default 172800.',
  PLATFORM_SOURCES_TOPIC: 'Where; default `platform.sources.event-stream`, without our prefix.',
} as const;

type Env = Readonly<Record<string, string | undefined>>;

/** The profile of an environment. What is missing or wrong: BadInput BAD_SETTINGS, which names it. */
export async function profileFrom(env: Env): Promise<Profile> {
  const kind = env['RIGHTSTREAM_PROFILE'] ?? 'embedded';
  const databaseUrl = env['DATABASE_URL'];
  if (kind === 'embedded') refuseOuts(env);
  if (kind === 'embedded') return { kind, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  if (kind !== 'kafka')
    throw bad(`RIGHTSTREAM_PROFILE must be embedded or kafka, not ${JSON.stringify(kind)}`);
  const missing = ['DATABASE_URL', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'S3_BUCKET'].filter(
    (name) => (env[name] ?? '') === '',
  );
  if (missing.length > 0) throw bad(`the kafka profile needs ${missing.join(', ')}`);
  const platform = readSettings('platform', platformSettings, platformFrom(env));
  const foreignTopics = [
    ...(platform.consume ? [platform.eventsTopic] : []),
    ...(platform.announce || platform.takeDestroyed ? [platform.sourcesTopic] : []),
    ...(platform.takeUploads ? [platform.uploadsTopic] : []),
    ...(platform.takeWishes ? [platform.wishesTopic] : []),
    ...(platform.tellStatus ? [platform.statusTopic] : []),
    ...[platform.validationOut, platform.wishesOut, platform.eventsOut, platform.uploadsOut].filter(
      (name) => name !== undefined,
    ),
  ];
  return {
    kind,
    databaseUrl: databaseUrl!,
    kafka: readSettings('kafka', kafkaSettings, { ...(await kafkaFrom(env)), foreignTopics }),
    registry: readSettings('registry', registrySettings, await registryFrom(env)),
    s3: (await s3From(env)) as KafkaProfile['s3'],
    platform,
  };
}

/** Settings that name a topic to write to. */
const OUTS = [
  'PLATFORM_VALIDATION_OUT',
  'PLATFORM_WISHES_OUT',
  'PLATFORM_EVENTS_OUT',
  'PLATFORM_UPLOADS_OUT',
];

/** Without Kafka there is nobody to tell, and a folder has no links. */
function refuseOuts(env: Env): void {
  const set = OUTS.filter((name) => (env[name] ?? '') !== '');
  if (set.length === 0) return;
  throw new BadInput({
    code: 'KAFKA_PROFILE_NEEDED',
    message: `${set.join(', ')}: only the kafka profile, with Kafka and an S3 store, writes topics of others; set RIGHTSTREAM_PROFILE=kafka or leave it away`,
  });
}

async function kafkaFrom(env: Env): Promise<Record<string, unknown>> {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = env;
  const [ca, cert, key] = await Promise.all(
    ['KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'].map((name) => secret(env, name)),
  );
  const tls = env['KAFKA_TLS'] === 'true' || ca !== undefined || cert !== undefined;
  return given({
    brokers: env['KAFKA_BROKERS']!.split(',').map((broker) => broker.trim()),
    groupPrefix: env['KAFKA_GROUP_PREFIX'],
    topicPrefix: env['KAFKA_TOPIC_PREFIX'],
    sessionTimeoutMs: number(env['KAFKA_SESSION_TIMEOUT_MS']),
    sasl:
      mechanism === undefined
        ? undefined
        : given({ mechanism, username, password: await secret(env, 'KAFKA_SASL_PASSWORD') }),
    tls: tls ? given({ ca, cert, key }) : undefined,
  });
}

async function registryFrom(env: Env): Promise<Record<string, unknown>> {
  return given({
    url: env['SCHEMA_REGISTRY_URL'],
    user: env['SCHEMA_REGISTRY_USER'],
    password: await secret(env, 'SCHEMA_REGISTRY_PASSWORD'),
  });
}

async function s3From(env: Env): Promise<Record<string, unknown>> {
  return given({
    endpoint: env['S3_ENDPOINT'],
    region: env['S3_REGION'] ?? 'us-east-1',
    bucket: env['S3_BUCKET'],
    prefix: env['S3_PREFIX'],
    accessKeyId: env['S3_ACCESS_KEY_ID'],
    secretAccessKey: await secret(env, 'S3_SECRET_ACCESS_KEY'),
  });
}

function platformFrom(env: Env): Record<string, unknown> {
  const endpoint = env['S3_ENDPOINT'];
  const hosts = (env['PLATFORM_ALLOWED_HOSTS'] ?? '').split(',').map((host) => host.trim());
  if (endpoint !== undefined && URL.canParse(endpoint)) {
    const { hostname, port, protocol } = new URL(endpoint);
    hosts.push(
      `${hostname.replace(/^\[|\]$/g, '')}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`,
    );
  }
  return given({
    consume: env['PLATFORM_EVENTS'] === 'true',
    eventsTopic: env['PLATFORM_EVENTS_TOPIC'],
    bucket: env['PLATFORM_BUCKET'] || undefined,
    announce: env['PLATFORM_ANNOUNCE'] === 'true',
    sourcesTopic: env['PLATFORM_SOURCES_TOPIC'],
    takeUploads: env['PLATFORM_UPLOADS'] === 'true',
    uploadsTopic: env['PLATFORM_UPLOADS_TOPIC'],
    takeWishes: env['PLATFORM_WISHES'] === 'true',
    wishesTopic: env['PLATFORM_WISHES_TOPIC'],
    takeDestroyed: env['PLATFORM_SOURCES'] === 'true',
    sourcesApiUrl: env['SOURCES_API_BASE_URL'] || undefined,
    sourcesApiPrefix: env['SOURCES_API_PREFIX'],
    tellStatus: env['PLATFORM_STATUS'] === 'true',
    validationOut: env['PLATFORM_VALIDATION_OUT'] || undefined,
    wishesOut: env['PLATFORM_WISHES_OUT'] || undefined,
    eventsOut: env['PLATFORM_EVENTS_OUT'] || undefined,
    uploadsOut: env['PLATFORM_UPLOADS_OUT'] || undefined,
    linkSeconds: number(env['PLATFORM_LINK_SECONDS'] || undefined),
    statusTopic: env['PLATFORM_STATUS_TOPIC'],
    allowedHosts: hosts.filter((host) => host !== ''),
  });
}

/** The value of NAME, or what the file of NAME_FILE holds; its name, never its value, stands in errors. */
async function secret(env: Env, name: string): Promise<string | undefined> {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name];
  try {
    return (await readFile(file, 'utf8')).trimEnd();
  } catch (error) {
    throw bad(
      `the file that ${name}_FILE names cannot be read (${(error as NodeJS.ErrnoException).code ?? '?'})`,
    );
  }
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function given(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function bad(message: string): BadInput {
  return new BadInput({ code: 'BAD_SETTINGS', message });
}
