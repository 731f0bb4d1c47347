/** A cluster with one service that follows its load, over the real projection in memory. */
import { decideScaling } from '../../projections/placement/scaling/decide.ts';
import type { ScalingInputs } from '../../projections/placement/scaling/decide.ts';
import { defaultPolicy } from '../../projections/placement/scaling/policy.ts';
import type { ScalingPolicy } from '../../projections/placement/scaling/policy.ts';
import projection from '../../projections/placement/placement.projection.ts';
import type { RequestedNode, RequestedService } from '../../schemas/generated/events.ts';
import { Decider } from './decider.ts';
import type { Decided } from './decider.ts';

/** Start of the time that passes, ms: a whole minute. */
export const START = Date.UTC(2026, 0, 5, 12);
/** Tables that follow from what is said. */
export const scaledTables = ['services', 'replicas', 'placing', 'scaling', 'scaling_decisions', 'load'];

const scope = { org_id: 'acme', cluster_id: 'edge' };

/** A node with room for so many replicas. */
export const roomyNode = (name: string, replicas: number): RequestedNode => ({
  ...{ name, mac: null, cpu: replicas * 100, memory: replicas * 100, cores: [100], accelerators: [] },
  ...{ labels: {}, taints: [], schedulable: true },
});
/** A service of small replicas. */
export const smallService = (name: string, replicas: number): RequestedService => ({
  ...{ name, application: 'shop', number: null, image: 'web:1', cpu: 100, memory: 100, cores: [] },
  ...{ accelerators: {}, sensitivity: 0, replicas, ports: [], next: [], node_selector: {} },
  ...{ tolerations: [], spread: [], apart: [] },
});

/** Time is seconds from the start. */
export class ScaledCluster {
  readonly decider: Decider;
  private constructor(decider: Decider) {
    this.decider = decider;
  }

  static async of(nodes: readonly RequestedNode[], service = smallService('web', 1)): Promise<ScaledCluster> {
    const cluster = new ScaledCluster(await Decider.of(projection));
    await cluster.say(0, 'NodesRequested', { nodes });
    await cluster.say(0, 'ServicesRequested', { services: [service] });
    return cluster;
  }

  async say(second: number, type: Parameters<Decider['send']>[0], data: object): Promise<Decided[]> {
    this.send(second, type, data);
    return this.decider.run();
  }

  send(second: number, type: Parameters<Decider['send']>[0], data: object): void {
    this.decider.send(type, { ...scope, ...data }, 1, { at: START + second * 1_000, key: 'acme/edge' });
  }

  policy(second: number, policy: Partial<ScalingPolicy> & { min: number; max: number }): Promise<Decided[]> {
    return this.say(second, 'ScalingRequested', { service: 'web', ...defaultPolicy, ...policy });
  }

  load(second: number, rate: number, more: object = {}): Promise<Decided[]> {
    return this.say(second, 'LoadReported', loadAt(second, rate, more));
  }

  async tick(second: number): Promise<Decided[]> {
    const at = START + second * 1_000;
    const minute = Math.floor(at / 60_000) * 60_000;
    this.decider.send('Ticked', { at: minute }, 1, { at, topic: 'ticks' });
    return this.decider.run();
  }

  get replicas(): number {
    return Number(this.decider.rows('services')[0]![0]!['replicas']);
  }

  get placed(): number {
    return this.decider.rows('replicas')[0]!.length;
  }

  get held(): unknown {
    return this.decider.rows('scaling')[0]![0]?.['held_reason'];
  }
}

/** A report without throughput, queue and replicas unless given. */
export function loadAt(second: number, rate: number, more: object = {}) {
  const none = { throughput: null, queue: null, served: null, replicas: null };
  return { service: 'web', at: START + second * 1_000, rate, ...none, ...more };
}

/** What was so after a report. */
export interface Seen {
  readonly second: number;
  readonly rate: number;
  readonly replicas: number;
}

/** A report every 5 s, a tick every minute, pods ready one report later. */
export async function drive(cluster: ScaledCluster, rateAt: (second: number) => number, seconds: number) {
  const seen: Seen[] = [];
  const decided: Decided[] = [];
  let ready = cluster.replicas;
  for (let second = 5; second <= seconds; second += 5) {
    const rate = rateAt(second);
    decided.push(...(await cluster.load(second, rate, { replicas: ready })));
    if (second % 60 === 0) decided.push(...(await cluster.tick(second)));
    ready = cluster.replicas;
    seen.push({ second, rate, replicas: ready });
  }
  return { seen, decided };
}

/** Of a decision or a reason not to: what follows from its recorded inputs, to be compared with what was recorded. */
export function again({ data }: Decided): object {
  const inputs = JSON.parse(String(data['inputs'])) as ScalingInputs;
  const { wanted, reason, min, max, ...rest } = decideScaling(inputs);
  return { wanted, reason, min, max, replicas: rest.scaled ? rest.replicas : inputs.standing.replicas };
}
