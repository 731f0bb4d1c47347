/** The servers that tests may have, whether they run here or in a container. */
import type { Properties } from './kafka-settings.ts';
import type { ApiAccess } from './kubernetes-api.ts';
import type { KafkaTools } from './kafka-tools.ts';

/** What every server can do to a test. */
export interface Server {
  /** Shuts it down and removes its temporary data. Also after `kill`; a second time does nothing. */
  stop(): Promise<void>;
  /** SIGKILL: gone at once, data stays. */
  kill(): Promise<void>;
  /** Starts it again with the same ports and data; shuts it down first when it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /** The last lines of its log. */
  log(): string;
}

/** What a test may choose of a broker. */
export interface KafkaOptions {
  /** Port of the plain listener; a free one otherwise. */
  readonly port?: number;
  /** Added to server.properties. */
  readonly properties?: Properties;
  /** Kept after `stop`; a temporary folder otherwise. */
  readonly dataDir?: string;
  /** Memory of the JVM. */
  readonly heapMb?: number;
  /** Adds listeners with SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512), with TLS, and with both. */
  readonly secure?: boolean;
}

/** Ways into a broker with a password, over TLS, or both. */
export interface SecureAccess {
  /** Addresses with SASL and without TLS. */
  readonly sasl: string[];
  /** Addresses with TLS and without SASL. */
  readonly tls: string[];
  /** Addresses with both. */
  readonly saslTls: string[];
  /** Good for each mechanism. */
  readonly username: string;
  readonly password: string;
  /** The certificate to trust, PEM; its names are localhost and 127.0.0.1. */
  readonly ca: string;
}

/** A running broker. */
export interface KafkaServer extends Server {
  /** Addresses, `host:port`. They stay the same over `restart`. */
  readonly brokers: string[];
  readonly tools: KafkaTools;
  /** There when asked for. */
  readonly secure?: SecureAccess;
}

/** A running schema registry with Confluent's API. */
export interface RegistryServer extends Server {
  /** Host for the client, path included. */
  readonly url: string;
}

/** Host for the registry's client, of a registry on this port. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/** What a test may choose of an S3 server. */
export interface S3Options {
  /** Buckets whose objects anybody may read by plain GET; they are made. */
  readonly publicBuckets?: readonly string[];
}

/** How to get at an S3 server. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A running S3 server. Its buckets are addressed by path, `forcePathStyle: true`. */
export interface S3Server extends Server, S3Access {
  createBucket(name: string): Promise<void>;
}

/** How to get at a control plane, as one who may do everything. */
export interface KubernetesAccess extends ApiAccess {
  /** File with every write that is not the control plane's own: a line of JSON each. */
  readonly auditLog: string;
}

/** A running control plane; `kill`, `restart` and the like mean its API server, whose data stay. */
export interface KubernetesServer extends Server, KubernetesAccess {
  /** The last lines of the other servers' logs. */
  helperLogs(): string;
}
