/** Request ids of uploads that were announced on a topic: what was said, and where. */
import type { UploadReceived } from '../../schemas/generated/events.ts';
import type { FirstSeen } from '../../streams/runtime/ports.ts';

/** The same for the same file of the same record, whenever it is taken: a repeat has no effect. */
export function requestIdOf(said: string, { topic, partition, offset }: FirstSeen, n: number): string {
  return `${said}/${topic}/${partition}/${offset}/${n}`;
}

/** The id as it was said, and the topic; one that was not made by {@link requestIdOf} is as it is, without topic. */
export function saidIn(requestId: string): { readonly said: string; readonly topic?: string } {
  const match = /\/([\w.-]{1,249})\/\d{1,16}\/\d{1,16}\/\d{1,4}$/.exec(requestId);
  return match === null ? { said: requestId } : { said: requestId.slice(0, match.index), topic: match[1]! };
}

/** An upload as its events say, and where it came from. */
export interface KnownUpload {
  readonly received: UploadReceived;
  /** Request id as the client or the platform said it. */
  readonly requestId: string;
  /** How it came; announced: as a payload, by the upload service. */
  readonly via: 'http' | 'cli' | 'announced';
}
