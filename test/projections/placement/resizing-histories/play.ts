/** Plays one random history: says what a cluster could say, lets the projection decide, holds every decision against the rules. */
import { noiseFrom } from '../../../support/synthetic-traces.ts';
import { Engine } from './engine.ts';
import type { Said } from './engine.ts';
import { addedTo, broken, mustTakeBack } from './rules.ts';
import { amountsOf, classOf, MIB, names, policyIn } from './world.ts';
import type {
  Amounts,
  World,
  WorldContainer,
  WorldDecision,
  WorldPolicy,
  WorldQuota,
  WorldRange,
  WorldWorkload,
} from './world.ts';

const scope = { org_id: 'acme', cluster_id: 'edge' };
const MINUTE = 60_000;
const quotaNames = ['requests.cpu', 'limits.cpu', 'requests.memory', 'limits.memory'];

/** Changes what the projection is told, not what the rules know: a decider that does not look at something. */
export type Blind = (type: string, data: Record<string, unknown>) => object;

/** What came of a history. */
export interface Played {
  /** Rules that were broken, with when. */
  readonly broken: readonly string[];
  /** How often things were decided or held, by what it was. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Plays the history of a seed. */
export function play(seed: number, blind: Blind = (_type, data) => data): Played {
  return new History(seed, blind).play();
}

class History {
  readonly #draw: () => number;
  readonly #blind: Blind;
  readonly #engine = new Engine();
  readonly #broken: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #world: World = {
    ...{ workloads: [], policies: new Map(), quotas: new Map(), ranges: new Map(), pending: [], decided: [] },
  };
  readonly #open: number[] = [];
  #at = Date.parse('2026-03-01T00:00:00Z');

  constructor(seed: number, blind: Blind) {
    this.#draw = noiseFrom(seed).uniform;
    this.#blind = blind;
  }

  play(): Played {
    const count = this.#int(1, 4);
    for (let i = 0; i < count; i++) this.#world.workloads.push(this.#workload(i));
    this.#policy('');
    for (const workload of this.#world.workloads) this.#observe(workload);
    for (let step = this.#int(6, 18); step > 0; step--) {
      const workload = this.#of(this.#world.workloads);
      for (let acts = this.#int(1, 3); acts > 0; acts--) this.#act(workload);
      for (const it of this.#world.workloads) if (it.flying !== null && this.#chance(0.6)) this.#end(it);
      this.#at += this.#of([1, 1, 5, 30, 61, 400]) * MINUTE;
      this.#tick();
    }
    return { broken: this.#broken, counts: this.#counts };
  }

  #int(least: number, most: number): number {
    return least + Math.floor(this.#draw() * (most - least + 1));
  }
  #chance(share: number): boolean {
    return this.#draw() < share;
  }
  #of<T>(all: readonly T[]): T {
    return all[this.#int(0, all.length - 1)]!;
  }

  #amounts(): Amounts {
    const cpu = this.#of([100, 200, 500, 1_000]);
    const memory = this.#of([64, 128, 512]) * MIB;
    const factor = this.#of([1, 1, 2]);
    const limited = !this.#chance(0.2);
    return {
      ...{ cpu_request: cpu, memory_request: memory },
      ...{ cpu_limit: limited ? cpu * factor : null, memory_limit: limited ? memory * factor : null },
    };
  }

  #workload(i: number): WorldWorkload {
    const containers = Array.from({ length: this.#of([1, 1, 2]) }, (_, c): WorldContainer => ({
      ...{ name: `c${c}`, ...this.#amounts() },
      ...{ cpu_restart: this.#chance(0.1), memory_restart: this.#chance(0.2) },
    }));
    const replicas = this.#of([1, 1, 2, 3, 5]);
    return {
      ...{ namespace: this.#of(['shop', 'shop', 'bank']), name: `w${i}` },
      facts: {
        ...{
          service: this.#chance(0.05) ? `s${i}` : null,
          label: this.#of(['auto', 'auto', 'auto', 'propose', null]),
        },
        ...{
          replicas,
          ready: replicas,
          qos: classOf(containers),
          rolling: !this.#chance(0.1),
          rolled_out: true,
        },
        ...{ containers, kills: [], disruptions: this.#of([null, null, 0, 1]), scaled_on: [] },
      },
      has: Object.fromEntries(containers.map((it) => [it.name, amountsOf(it)])),
      ...{
        advice: {},
        throttled: [],
        flying: null,
        last: null,
        reversals: 0,
        rolled_back_at: null,
        edited: false,
      },
    };
  }

  #say(type: Parameters<Engine['say']>[0], data: object): Said[] {
    const told = this.#blind(type, { ...scope, ...data });
    const emitted = this.#engine.say(type, told, this.#at);
    for (const it of emitted) this.#hear(it);
    return emitted;
  }

  #named({ namespace, name }: WorldWorkload) {
    return { namespace, workload_type: 'deployment', workload: name };
  }

  #policy(namespace: string): void {
    if (namespace !== '' && this.#chance(0.3)) {
      if (this.#world.policies.delete(namespace)) this.#say('ResizingRequested', { namespace, policy: null });
      return;
    }
    const policy: WorldPolicy = {
      mode: this.#of(['auto', 'auto', 'auto', 'propose', 'off']),
      cpu: { min: this.#of([10, 50]), max: this.#of([400, 2_000, 8_000]) },
      memory: { min: 16, max: this.#of([256, 4_096]) },
      ...{ most_lower: this.#of([0.3, 0.5, 0.9]), most_raise: this.#of([0.5, 1, 3]) },
      ...{ least_confidence: this.#of([0, 0.5]), cooldown_minutes: this.#of([1, 10, 60]) },
      ...{ per_minute: this.#of([1, 2, 60]), in_flight: this.#of([1, 2, 20]) },
      rollout_hours: this.#of([null, { from: 0, to: 0 }, { from: 22, to: 6 }, { from: 8, to: 18 }]),
      ...{ watch_minutes: this.#of([5, 60]), throttled_share: this.#of([0.1, 0.25]) },
      ...{ rest_hours: this.#of([0, 1, 24]), advice_hours: this.#of([1, 48]) },
    };
    const limits = this.#of(['ratio', 'keep']);
    this.#world.policies.set(namespace, policy);
    const text = JSON.stringify({ ...policy, limits });
    this.#say('ResizingRequested', { namespace: namespace === '' ? null : namespace, policy: text });
  }

  #observe(workload: WorldWorkload): void {
    this.#say('WorkloadObserved', { ...this.#named(workload), ...workload.facts, resource_version: '1' });
  }

  #act(workload: WorldWorkload): void {
    const { facts } = workload;
    const hurt = workload.last?.ended === 'applied' && this.#chance(0.3);
    const act = hurt ? 10 : this.#int(0, 13);
    if (act <= 4) this.#advise(workload);
    else if (act === 5) this.#limits(this.#of(['shop', 'bank']));
    else if (act === 6) facts.scaled_on = this.#of([[], ['cpu'], ['memory'], ['cpu', 'memory'], []]);
    else if (act === 7) facts.disruptions = this.#of([null, 0, 1]);
    // A node is lost, or comes back; replicas are scaled.
    else if (act === 8) facts.ready = this.#chance(0.5) ? facts.replicas : this.#int(0, facts.replicas);
    else if (act === 9) facts.replicas = facts.ready = this.#of([1, 2, 3, 4]);
    else if (act === 10) this.#hurt(workload);
    else if (act === 11) this.#edit(workload);
    else if (act === 12) this.#policy(this.#of(['', 'shop', 'bank']));
    else this.#answer();
    if (act < 6 || act > 11) return;
    if (this.#chance(0.05)) facts.label = this.#of(['auto', 'propose', null, 'never']);
    facts.rolled_out = !this.#chance(0.05);
    this.#observe(workload);
  }

  #advise(workload: WorldWorkload): void {
    const { name } = this.#of(workload.facts.containers);
    const at = this.#at - this.#of([0, 0, 1, 120, 4_000]) * MINUTE;
    const advice = {
      ...{ cpu_request: this.#of([null, 5, 60, 150, 400, 900, 3_000]), cpu_limit: null },
      ...{ memory_request: this.#of([null, 20, 60, 100, 400, 3_000])!, memory_limit: null },
      ...{ at, confidence: this.#of([0.2, 1, 1]), do_nothing: this.#chance(0.1) },
    };
    if (advice.memory_request !== null) advice.memory_request *= MIB;
    const more = { container: name, recommendation_id: 'r', engine: 'balanced', flags: [] };
    // What is older than what is known changes nothing.
    if ((workload.advice[name]?.at ?? -Infinity) <= at) workload.advice[name] = advice;
    this.#say('ResizeAdvised', { ...this.#named(workload), ...more, ...advice });
  }

  #limits(namespace: string): void {
    const quotas: WorldQuota[] = this.#chance(0.4)
      ? []
      : [{ name: 'q', resource: this.#of(quotaNames), hard: 0, used: 0 }];
    for (const quota of quotas) {
      const unit = quota.resource.endsWith('cpu') ? 100 : 64 * MIB;
      quota.used = unit * this.#int(1, 20);
      quota.hard = quota.used + unit * this.#int(0, 10);
    }
    const kind = this.#of(['cpu', 'memory']);
    const unit = kind === 'cpu' ? 100 : 64 * MIB;
    const ranges: WorldRange[] = this.#chance(0.6)
      ? []
      : [
          {
            ...{ name: 'r', type: this.#of(['Container', 'Pod']), resource: kind },
            ...{
              min: this.#of([null, unit]),
              max: this.#of([null, 8 * unit]),
              ratio: this.#of([null, 1.5, 3]),
            },
          },
        ];
    this.#world.quotas.set(namespace, quotas);
    this.#world.ranges.set(namespace, ranges);
    const { pending } = this.#world;
    const open = pending.filter((it) => it.namespace !== namespace || !it.ended);
    pending.splice(0, pending.length, ...open);
    for (const one of open) if (one.namespace === namespace) one.told = true;
    this.#say('NamespaceLimitsObserved', { namespace, quotas, ranges });
  }

  /** It is killed for memory, or held back; mostly soon after a decision. */
  #hurt(workload: WorldWorkload): void {
    const { last } = workload;
    const { name } = this.#of<{ name: string }>(last?.it.containers ?? workload.facts.containers);
    const since = last !== null && this.#chance(0.8) ? Math.max(last.it.at, last.ended_at) : this.#at;
    const at = since + this.#of([0, 1, 1, 3, -30, 50]) * MINUTE;
    if (this.#chance(0.5)) {
      workload.facts.kills = [{ pod: 'p', container: name, at }];
      return;
    }
    const used = this.#of([100, 300]);
    const interval = { start: at, end: at + MINUTE, throttled: this.#of([1, 50, 500]), used };
    workload.throttled = workload.throttled.filter((it) => it.container !== name || it.start !== at);
    workload.throttled.push({ container: name, ...interval });
    this.#say('ThrottlingReported', { ...this.#named(workload), container: name, intervals: [interval] });
  }

  /** Somebody changes the template by hand: pods get what it says then. */
  #edit(workload: WorldWorkload): void {
    if (!this.#chance(0.4)) return;
    const { containers } = workload.facts;
    const it = this.#of(containers);
    const by = this.#of([3, 7]);
    for (const name of names) if (it[name] !== null) it[name] += name.startsWith('cpu') ? by : by * MIB;
    workload.facts.qos = classOf(containers);
    if (workload.flying === null) this.#fromTemplate(workload);
    else workload.edited = true;
  }

  #fromTemplate(workload: WorldWorkload): void {
    workload.edited = false;
    workload.has = Object.fromEntries(workload.facts.containers.map((it) => [it.name, amountsOf(it)]));
  }

  #answer(): void {
    const proposal = this.#open.pop();
    if (proposal === undefined) return;
    const answers = this.#say('ResizeAcceptRequested', { proposal, accept: !this.#chance(0.1) }).filter(
      ({ type, data }) =>
        type === 'ResizingRefused' ||
        (type === 'ResizeProposalClosed' && (data as { request_id: string | null }).request_id !== null),
    );
    if (answers.length !== 1) this.#breaks(`a wish with ${answers.length} answers`);
  }

  #tick(): void {
    this.#say('Ticked', { at: this.#at });
    for (const workload of this.#world.workloads) {
      if (!mustTakeBack(this.#world, workload)) continue;
      const policy = policyIn(this.#world, workload.namespace)!;
      const flying = this.#world.workloads.filter((it) => it.flying !== null).length;
      const minute = this.#world.decided.filter(
        (at) => Math.floor(at / MINUTE) === Math.floor(this.#at / MINUTE),
      ).length;
      if (flying < policy.in_flight && minute < policy.per_minute)
        this.#breaks('does harm and is not taken back');
    }
  }

  #hear({ type, data }: Said): void {
    if (type === 'ResizeProposed') this.#open.push((data as { proposal: number }).proposal);
    if (type === 'ResizeHeld') this.#count(`held ${(data as { reason: string }).reason}`);
    if (type === 'ResizingRefused') this.#count(`refused ${(data as { code: string }).code}`);
    if (type === 'ResizeProposed') this.#count('proposed');
    if (type === 'ResizeDecided') this.#decided(data as WorldDecision);
  }

  #decided(it: WorldDecision): void {
    this.#count(it.why === 'rollback' ? `rollback ${it.notes[0] ?? ''}` : it.why);
    const workload = this.#world.workloads.find(
      (one) => one.name === it.workload && one.namespace === it.namespace,
    )!;
    for (const rule of broken(this.#world, workload, it)) this.#breaks(`decision ${it.decision}: ${rule}`);
    this.#world.decided.push(it.at);
    if (it.kind === 'pods') {
      const per = workload.facts.replicas;
      const adds = Object.fromEntries(quotaNames.map((name) => [name, per * addedTo(name, it.containers)]));
      // Only namespaces whose quotas were told have something to keep in mind.
      if (this.#world.quotas.has(it.namespace))
        this.#world.pending.push({
          namespace: it.namespace,
          decision: it.decision,
          adds,
          ended: false,
          told: false,
        });
      for (const { name, after } of it.containers) workload.has[name] = amountsOf(after);
    }
    if (it.why === 'auto' || it.why === 'accepted') this.#turn(workload, it);
    if (it.why === 'rollback') workload.rolled_back_at = it.at;
    workload.flying = it;
    workload.last = { it, ended: null, ended_at: 0, touched: false };
  }

  #turn(workload: WorldWorkload, it: WorldDecision): void {
    const before = workload.last?.it.containers ?? [];
    const against = it.containers.some((change) => {
      const was = before.find(({ name }) => name === change.name);
      return names.some((name) => {
        const [a, b] = [was, change].map((one) =>
          Math.sign((one?.after[name] ?? 0) - (one?.before[name] ?? 0)),
        );
        return a! * b! < 0;
      });
    });
    workload.reversals = against ? workload.reversals + 1 : 0;
  }

  /** A decision in flight ends, well or not. */
  #end(workload: WorldWorkload): void {
    const it = workload.flying!;
    const ends =
      it.kind === 'template'
        ? ['applied', 'applied', 'refused']
        : ['applied', 'applied', 'applied', 'infeasible', 'refused', 'failed'];
    let ended = this.#of(ends);
    const touched =
      ended === 'applied' || ended === 'infeasible' || (ended === 'failed' && this.#chance(0.5));
    const data = { ...this.#named(workload), decision: it.decision, pods: 1, patches: touched ? 1 : 0 };
    workload.flying = null;
    // What changed nothing takes no quota; what was told while it was in flight counts it.
    const { pending } = this.#world;
    const mine = pending.find(({ decision }) => decision === it.decision);
    if (mine !== undefined && (mine.told || !touched)) pending.splice(pending.indexOf(mine), 1);
    else if (mine !== undefined) mine.ended = true;
    const back = it.why === 'rollback';
    if (back && ended === 'applied') ended = 'rolled-back';
    workload.last = { it, ended, ended_at: this.#at, touched };
    this.#settle(workload, it, ended, touched);
    const said = {
      pod: 'p',
      deferred: false,
      message: 'm',
      code: 'C',
      http_status: 422,
      attempts: 8,
      rolls_back: it.rolls_back,
    };
    const type = {
      ...{ applied: 'ResizeApplied', 'rolled-back': 'ResizeRolledBack', infeasible: 'ResizeInfeasible' },
      ...{ refused: 'ResizeRefused', failed: 'ResizeFailed' },
    }[ended] as 'ResizeApplied';
    this.#say(type, { ...data, ...said });
    if (it.kind === 'template' && ended === 'applied') this.#observe(workload);
  }

  /** What its pods are to have then: what was refused untouched is as before, what could not be taken back as the template says. */
  #settle(workload: WorldWorkload, it: WorldDecision, ended: string, touched: boolean): void {
    const well = ended === 'applied' || ended === 'rolled-back';
    if (it.kind === 'template' && well) {
      for (const { name, after } of it.containers) {
        const container = workload.facts.containers.find((one) => one.name === name)!;
        // Its number of containers and their order stay; a hand edit meanwhile is overwritten by the roll-out.
        Object.assign(container, amountsOf(after));
      }
      workload.facts.qos = classOf(workload.facts.containers);
      this.#fromTemplate(workload);
      return;
    }
    if (it.why === 'rollback' && !well) this.#fromTemplate(workload);
    else if (it.kind === 'pods' && !well && !touched)
      for (const { name, before } of it.containers) workload.has[name] = amountsOf(before);
    if (workload.edited) this.#fromTemplate(workload);
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  #breaks(what: string): void {
    this.#broken.push(`${new Date(this.#at).toISOString()} ${what}`);
  }
}
