/** The one place where Kafka clients are made. */
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { connectOnce } from './connecting.ts';
import type { KafkaSettings } from './settings.ts';

/** Tries of one request by the client itself; whoever asked tries again in its own time. */
const RETRIES = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 3 } as const;

/** A client. It connects on first use and never creates a topic by itself. */
export function createKafka({ brokers, clientId, sasl, tls }: KafkaSettings): Kafka {
  connectOnce();
  const config: KafkaConfig = {
    brokers,
    clientId,
    connectionTimeout: 3_000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    retry: RETRIES,
    // What matters is thrown and translated; the client's own log would repeat it, with addresses of its own code.
    logLevel: logLevel.NOTHING,
    // a copy: the client keeps its authenticator in the object that it is given
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
    ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
  };
  return new Kafka(config);
}

function tlsOptions({ ca, cert, key }: NonNullable<KafkaSettings['tls']>): NonNullable<KafkaConfig['ssl']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
