/** The stock Kafka commands that do what a command here does, for the kafka profile. */

/** What is said with each of them. */
export const kafkaNote =
  'Values are Avro in the Confluent wire format (byte 0, schema id, data). The embedded log is no Kafka: these commands need the kafka profile.';

const quoted = (text: string): string =>
  /^[\w.,:/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** kafka-console-consumer as `tail` would read. */
export function consumerCommand(options: {
  readonly topic: string;
  readonly from: string;
  readonly partition?: number;
  readonly limit?: number;
}): string {
  const words = [
    'kafka-console-consumer',
    '--bootstrap-server',
    'localhost:9092',
    '--topic',
    quoted(options.topic),
  ];
  if (options.partition !== undefined) {
    const offset =
      options.from === 'beginning' ? 'earliest' : options.from === 'end' ? 'latest' : options.from;
    words.push('--partition', String(options.partition), '--offset', offset);
  } else if (options.from !== 'end') words.push('--from-beginning');
  if (options.limit !== undefined) words.push('--max-messages', String(options.limit));
  for (const name of ['key', 'headers', 'offset', 'partition', 'timestamp'])
    words.push('--property', `print.${name}=true`);
  return words.join(' ');
}

/** kafka-console-producer as `produce` would write; JSON values have to be encoded first. */
export function producerCommand(topic: string): string {
  return `kafka-console-producer --bootstrap-server localhost:9092 --topic ${quoted(topic)} --property parse.key=true --property parse.headers=true --property acks=all`;
}
