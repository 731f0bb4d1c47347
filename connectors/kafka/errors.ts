/** What Kafka and its client say, as failure classes. */
import { BadInput, Fatal, Retryable, Terminal, messageOf } from '../../streams/runtime/errors.ts';

/** The protocol's name of an error (`OFFSET_OUT_OF_RANGE`), or the client's class name. */
export function kafkaCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('type' in error && typeof error.type === 'string') return error.type;
  const { cause } = error;
  return cause instanceof Error && 'type' in cause && typeof cause.type === 'string'
    ? cause.type
    : error.name;
}

const denied =
  /^(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$|^SASL_AUTHENTICATION_FAILED$|^KafkaJSSASLAuthenticationError$/;

/** Broker and client errors as Retryable, unless they say that waiting helps nobody; errors of ours pass. */
export function translateKafka(error: unknown, doing: string): unknown {
  if (
    error instanceof Retryable ||
    error instanceof BadInput ||
    error instanceof Fatal ||
    error instanceof Terminal
  )
    return error;
  const code = kafkaCode(error);
  if (denied.test(code)) {
    return new Retryable(
      {
        code: 'KAFKA_DENIED',
        message: `Kafka refuses ${doing} (${code}): check the credentials and the ACLs; it is tried again`,
      },
      { cause: error },
    );
  }
  if (code === 'KafkaJSNotImplemented') {
    return new Fatal(
      {
        code: 'KAFKA_CODEC_UNKNOWN',
        message: `${doing}: ${messageOf(error)}. Produce with gzip or without compression`,
      },
      { cause: error },
    );
  }
  return new Retryable(
    {
      code: 'KAFKA_AWAY',
      message: `Kafka cannot do this now (${doing}; ${code}: ${messageOf(error)}); it is tried again`,
    },
    { cause: error },
  );
}

/** Runs a call, translating what it throws. */
export async function onKafka<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translateKafka(error, doing);
  }
}
