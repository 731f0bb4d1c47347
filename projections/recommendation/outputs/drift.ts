/** How far requests are from what is advised, as gauges in Prometheus' text format: something to alert on. */
import { compareProposals } from './proposal.ts';
import type { Proposal } from './proposal.ts';
import { gradeOf, scoreOf, severities, severityOfProposal } from './severity.ts';

const gauges = [
  ['rightstream_request_current', 'Request of a container now; cores or bytes.'],
  ['rightstream_request_advised', 'Request that is advised; cores or bytes.'],
  [
    'rightstream_request_drift_ratio',
    'Request now divided by the advised one: 2 is twice too much, 0.5 half of what it needs.',
  ],
] as const;

/** One sample per container, resource and gauge; a container without a request has no drift. Sorted, no times: equal proposals give equal bytes. */
export function driftText(proposals: readonly Proposal[]): string {
  const lines: string[] = [];
  const sorted = [...proposals].sort(compareProposals);
  for (const [name, help] of gauges) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
    for (const proposal of sorted)
      for (const resource of ['cpu', 'memory'] as const) {
        const value = sample(
          name,
          proposal.current[`${resource}_request`],
          proposal.advised[`${resource}_request`],
        );
        if (value !== undefined) lines.push(`${name}{${labelsOf(proposal, resource)}} ${value}`);
      }
  }
  const found = sorted.flatMap((proposal) => severityOfProposal(proposal) ?? []);
  lines.push(
    '# HELP rightstream_containers Containers with advice, by severity.',
    '# TYPE rightstream_containers gauge',
  );
  for (const severity of severities)
    lines.push(
      `rightstream_containers{severity="${severity}"} ${found.filter((one) => one === severity).length}`,
    );
  const score = scoreOf(found);
  lines.push(
    '# HELP rightstream_score 100 when every request is as advised.',
    '# TYPE rightstream_score gauge',
    `rightstream_score{grade="${gradeOf(score)}"} ${score}`,
  );
  return `${lines.join('\n')}\n`;
}

function sample(
  name: (typeof gauges)[number][0],
  current: number | null,
  advised: number | null,
): number | undefined {
  if (name === 'rightstream_request_current') return current ?? undefined;
  if (name === 'rightstream_request_advised') return advised ?? undefined;
  return current === null || advised === null || advised === 0 ? undefined : current / advised;
}

function labelsOf(proposal: Proposal, resource: string): string {
  const labels = {
    cluster: proposal.cluster_id,
    namespace: proposal.namespace,
    workload_type: proposal.workload_type,
    workload: proposal.workload,
    container: proposal.container,
    resource,
    engine: proposal.engine,
    term: proposal.term ?? 'none',
  };
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
