/** Asks the recommendation poller for a recommendation, per experiment and report, as the processor of ROS does. */
import { createHash } from 'node:crypto';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { EventMeta, Said, TypedEvent } from '../../streams/runtime/ports.ts';
import { saidIn } from './request-ids.ts';

type Usage = TypedEvent & { readonly type: 'ContainerUsageReported' | 'NamespaceUsageReported' };

/** What a message without request id is upstream. */
const NO_REQUEST_ID = 'no_request_id';

/**
 * The message, as a record of `topic` with the experiment as key; undefined while more of the container follows from the report. A
 * workload's containers speak of one experiment: its latest interval end counts. A name that no table can hold: Terminal
 * EXPERIMENT_NAME_INVALID.
 */
export function wishFor(topic: string, event: Usage, { headers, timestamp }: EventMeta): Said | undefined {
  const { org_id, complete, report_end: end, digest } = event.data;
  if (!complete || end === null) return undefined;
  const experiment = experimentOf(event);
  if (experiment.includes('\0')) {
    throw new Terminal({
      code: 'EXPERIMENT_NAME_INVALID',
      message: 'the name of the experiment has a zero byte',
    });
  }
  const message = {
    Request_id: saidIn(headers['request-id'] ?? NO_REQUEST_ID).said,
    Metadata: {
      Org_id: org_id,
      Workload_id: workloadNumber(experiment),
      Experiment_name: experiment,
      Max_endtime_report: new Date(end).toISOString().replace('.000Z', 'Z'),
      ExperimentType: event.type === 'ContainerUsageReported' ? 'container' : 'namespace',
    },
  };
  const of = createHash('sha256').update(`${digest}|${experiment}`).digest('hex');
  return {
    record: {
      topic,
      key: experiment,
      value: Buffer.from(JSON.stringify(message)),
      headers: { 'event-id': `${of}/${end}` },
      timestamp,
    },
    highest: { of, rank: end },
  };
}

/** `org|source|cluster|namespace|type|name`, of a namespace `org|source|cluster|namespace|name`. */
function experimentOf({ type, data }: Usage): string {
  const { org_id: org, source_id: source, cluster_id: cluster, namespace } = data;
  const scope = `${org}|${source ?? ''}|${cluster}`;
  return type === 'NamespaceUsageReported'
    ? `${scope}|namespace|${namespace}`
    : `${scope}|${namespace}|${data.workload_type}|${data.workload}`;
}

/** From 1 to 2^48: the first 48 bits of the sha256 of the experiment's name, plus one; upstream's is a row number of its own. */
export function workloadNumber(experiment: string): number {
  return createHash('sha256').update(experiment).digest().readUIntBE(0, 6) + 1;
}
