/** The log in memory: for unit tests and simulations. Same contract as the others, nothing survives. */
import { BadInput } from '../errors.ts';
import { partitionOf } from '../partitioner.ts';
import { foldedBefore } from '../seq.ts';
import type {
  EventLog,
  LogPage,
  LogRecord,
  NewRecord,
  ReadLimits,
  TopicInfo,
  TopicPartition,
} from '../ports.ts';

/** An in-memory log. */
export class MemoryLog implements EventLog {
  readonly #topics = new Map<string, LogRecord[][]>();
  readonly #listeners = new Set<(topic: string) => void>();

  topics(): Promise<readonly TopicInfo[]> {
    const infos = [...this.#topics].map(([name, partitions]) => ({ name, partitions: partitions.length }));
    return Promise.resolve(infos.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  createTopic({ name, partitions }: TopicInfo): Promise<void> {
    const known = this.#topics.get(name);
    if (known === undefined)
      this.#topics.set(
        name,
        Array.from({ length: partitions }, () => []),
      );
    else if (known.length !== partitions) {
      const message = `topic ${name} has ${known.length} partitions, not ${partitions}: counts change only by a new generation of the topic`;
      return Promise.reject(new BadInput({ code: 'PARTITION_COUNT_DIFFERS', message }));
    }
    return Promise.resolve();
  }

  append(records: readonly NewRecord[]): Promise<readonly { partition: number; offset: number }[]> {
    try {
      return Promise.resolve(this.appendNow(records));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Appends at once; all or nothing. */
  appendNow(records: readonly NewRecord[]): { partition: number; offset: number }[] {
    const targets = records.map((record) => {
      const partitions = this.#find(record.topic);
      const partition = record.partition ?? partitionOf(record.key ?? '', partitions.length);
      const target = partitions[partition];
      if (target === undefined) {
        throw new BadInput({
          code: 'UNKNOWN_PARTITION',
          message: 'a record names a partition that its topic does not have',
        });
      }
      return { target, partition };
    });
    const placed = records.map((record, i) => {
      const { target, partition } = targets[i]!;
      const offset = target.length;
      target.push({ ...record, partition, offset });
      return { partition, offset };
    });
    for (const topic of new Set(records.map((record) => record.topic))) {
      for (const listener of this.#listeners) listener(topic);
    }
    return placed;
  }

  /* An unknown topic must reject, not throw. */
  async read({ topic, partition }: TopicPartition, from: number, limits: ReadLimits): Promise<LogPage> {
    const records: LogRecord[] = [];
    let bytes = 0;
    const all = this.#find(topic)[partition] ?? [];
    for (let i = from; i < all.length && records.length < limits.maxRecords; i++) {
      let record = all[i]!;
      if (records.length > 0 && bytes >= limits.maxBytes) break;
      const { withoutOwnOf } = limits;
      if (withoutOwnOf !== undefined && foldedBefore(withoutOwnOf, record))
        record = { ...record, value: null };
      bytes += record.value?.length ?? 0;
      records.push(record);
    }
    return { records, next: from + records.length };
  }

  /* An unknown topic must reject, not throw. */
  async ends(topic: string): Promise<readonly number[]> {
    return this.#find(topic).map((records) => records.length);
  }

  /* An unknown topic must reject, not throw. */
  async offsetsAt(topic: string, time: number): Promise<readonly number[]> {
    return this.#find(topic).map((records) => {
      const first = records.findIndex(({ timestamp }) => timestamp >= time);
      return first === -1 ? records.length : first;
    });
  }

  onAppend(wake: (topic: string) => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  #find(name: string): LogRecord[][] {
    const partitions = this.#topics.get(name);
    if (partitions === undefined) {
      throw new BadInput({
        code: 'UNKNOWN_TOPIC',
        message: `there is no topic ${name}; topology.yaml lists them`,
      });
    }
    return partitions;
  }
}
