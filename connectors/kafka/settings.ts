/** How to reach Kafka. Secrets come as values from the composition root, which read them by reference. */
import { z } from 'zod';

/** Settings of the Kafka connector. */
export const kafkaSettings = z.strictObject({
  brokers: z
    .array(z.string().regex(/^[^\s:,]+:\d{1,5}$/, 'host:port'))
    .min(1)
    .max(100)
    .describe('Bootstrap servers, host:port.'),
  clientId: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default('rightstream')
    .describe('Shown in the logs of the brokers.'),
  groupPrefix: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default('rightstream')
    .describe('Consumer groups are <prefix>.<unit>.'),
  topicPrefix: z
    .string()
    .regex(/^[\w.-]{0,100}$/)
    .default('')
    .describe('What the names of topics begin with on a cluster that others use too.'),
  foreignTopics: z
    .array(z.string().regex(/^[\w.-]{1,249}$/, 'a name of a topic'))
    .default([])
    .describe('Topics of others, whose names have no prefix.'),
  sessionTimeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(300_000)
    .default(10_000)
    .describe('A process that is silent for so long loses its partitions.'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: z.string().min(1),
    })
    .optional()
    .describe('SASL credentials.'),
  tls: z
    .strictObject({
      ca: z.string().optional().describe('PEM of the authority that signed the brokers.'),
      cert: z.string().optional().describe('PEM of a client certificate.'),
      key: z.string().optional().describe('PEM of its key.'),
    })
    .optional()
    .describe('TLS; absent: plain text.'),
});

/** {@link kafkaSettings}, checked. */
export type KafkaSettings = z.infer<typeof kafkaSettings>;
