/** Passes advice and throttling of containers on, under the key of their cluster: right-sizing decides there. */
import { unpackColumns } from '../../schemas/codec/columns.ts';
import type { UnpackedColumns } from '../../schemas/codec/columns.ts';
import type {
  ContainerUsageReported,
  RecommendationMade,
  ThrottledInterval,
} from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { containerColumns, intervalColumns } from '../../schemas/usage-columns.ts';
import { defineStream } from '../runtime/define.ts';

/** Intervals of one event. */
const MOST_INTERVALS = 96;

const columnOf = (name: string) =>
  intervalColumns.length + containerColumns.findIndex((column) => column.name === name);
const [END, START, ROWS] = [0, 1, 2];
const USED = columnOf('cpu_usage_container_avg');
const THROTTLED = columnOf('cpu_throttle_container_avg');
const wanted = new Set([END, START, ROWS, USED, THROTTLED]);

function named(event: RecommendationMade | ContainerUsageReported) {
  const { org_id, cluster_id, namespace, workload_type, workload } = event;
  return { org_id, cluster_id, namespace, workload_type, workload };
}

/** The most millicores that a record can tell. */
const MOST_MILLICORES = 2 ** 31 - 1;
/** The most bytes that a record can tell. */
const MOST_BYTES = 2 ** 53 - 2;

/** Cores as whole millicores, not less. */
function millicores(cores: number | null): number | null {
  if (cores === null) return null;
  return Math.min(Math.ceil(Number((cores * 1000).toFixed(6))), MOST_MILLICORES);
}

function wholeBytes(bytes: number | null): number | null {
  return bytes === null ? null : Math.min(Math.ceil(bytes), MOST_BYTES);
}

/** Cores of all pods as millicores of one. */
function perPod(cores: number, pods: number): number {
  return Math.min(Math.round((1000 * cores) / pods), MOST_MILLICORES);
}

/** undefined: they cannot be read. That is for the projection of usage to tell, which sets the record aside. */
function readable(columns: Buffer): UnpackedColumns | undefined {
  try {
    return unpackColumns(columns, wanted);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Intervals in which the container did not get all it wanted, the latest of them; one whose use was not told says nothing. */
function throttledIn({ intervals, columns }: ContainerUsageReported): ThrottledInterval[] {
  if (intervals === 0) return [];
  const { length = 0, columns: values = [] } = readable(columns) ?? {};
  const throttled = values[THROTTLED];
  if (throttled === undefined) return [];
  const found: ThrottledInterval[] = [];
  for (let i = 0; i < length; i++) {
    const rows = values[ROWS]![i]!;
    const [lost, used] = [perPod(throttled[i]!, rows), perPod(values[USED]![i]!, rows)];
    if (!(lost > 0 && used >= 0)) continue;
    found.push({ start: values[START]![i]!, end: values[END]![i]!, throttled: lost, used });
  }
  return found.sort((a, b) => a.start - b.start).slice(-MOST_INTERVALS);
}

export default defineStream({
  id: 'advise-resizes',
  version: 1,
  about: 'Passes advice and throttling of containers on to their clusters.',
  from: [topics.recommendations, topics.usage],
  to: [topics.resizing],
  on: {
    *RecommendationMade(event) {
      const { org_id, cluster_id, container, recommendation_id, monitoring_end_time: at, engine } = event;
      const proposal = event.proposals.find((it) => it.engine === engine);
      if (container === null || proposal === undefined) return;
      yield {
        ...{ topic: topics.resizing, key: recordKey(org_id, cluster_id), type: 'ResizeAdvised' },
        data: {
          ...{ ...named(event), container, recommendation_id, at, engine },
          cpu_request: millicores(proposal.cpu_request),
          cpu_limit: millicores(proposal.cpu_limit),
          memory_request: wholeBytes(proposal.memory_request),
          memory_limit: wholeBytes(proposal.memory_limit),
          confidence: proposal.confidence,
          do_nothing: proposal.do_nothing,
          flags: proposal.flags,
        },
      };
    },
    *ContainerUsageReported(event) {
      const intervals = throttledIn(event);
      if (intervals.length === 0) return;
      yield {
        ...{ topic: topics.resizing, key: recordKey(event.org_id, event.cluster_id) },
        type: 'ThrottlingReported',
        data: { ...named(event), container: event.container, intervals },
      };
    },
  },
});
