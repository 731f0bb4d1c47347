/** A log whose records are read in another way. */
import type { EventLog } from './ports.ts';

/** The same log but for `read`. */
export function withReads(log: EventLog, read: EventLog['read']): EventLog {
  return {
    topics: () => log.topics(),
    createTopic: (topic) => log.createTopic(topic),
    append: (records) => log.append(records),
    ends: (topic) => log.ends(topic),
    offsetsAt: (topic, time) => log.offsetsAt(topic, time),
    onAppend: (wake) => log.onAppend(wake),
    read,
  };
}
