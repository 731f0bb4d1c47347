/** Defines streams: stateless, pure handlers from topics to topics. */
import type { EventName, Events } from '../../schemas/generated/events.ts';
import type { Archives, Emission, EventMeta, Reports } from './ports.ts';

/** What a stream may use: reading by digest is pure, for the content is fixed by its name. */
export interface StreamTools {
  readonly archives: Archives;
  readonly reports: Reports;
  /** One key per partition of a topic: an event that is written with each of them reaches every partition once. */
  readonly partitionKeys: (topic: string) => Promise<readonly string[]>;
}

/** A handler: yields what follows from one event, the same for the same event, always. */
export type StreamHandler<Name extends EventName, To extends string> = (
  event: Events[Name],
  tools: StreamTools,
  meta: EventMeta,
) => Iterable<Emission<To>> | AsyncIterable<Emission<To>>;

/** A stream as a value. */
export interface StreamDefinition<To extends string = string> {
  /** kebab-case; equals the file name, the group suffix, the metric label and the log field. */
  readonly id: string;
  /** Bumped when the outputs for the same input change. */
  readonly version: number;
  readonly about: string;
  readonly from: readonly string[];
  readonly to: readonly To[];
  readonly on: { readonly [Name in EventName]?: StreamHandler<Name, To> };
}

/** Checks a stream at compile time and returns it. */
export function defineStream<const To extends string>(
  definition: StreamDefinition<To>,
): StreamDefinition<To> {
  return definition;
}
