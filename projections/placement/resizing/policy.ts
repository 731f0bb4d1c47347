/** What may be done with advice: nothing, a proposal, or a resize inside bounds. */
import { z } from 'zod';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { Facts } from './model.ts';

/** What a policy may say, from nothing to everything. */
export const modes = ['off', 'propose', 'auto'] as const;
export type Mode = (typeof modes)[number];

/** Longest text of a policy, characters. */
export const MAX_POLICY = 4_096;
/** Policies of one cluster, at most. */
export const MAX_POLICIES = 500;

const MIB = 1_048_576;
const hour = z.int().min(0).max(23);
const bounds = (most: number) =>
  z
    .strictObject({ min: z.int().min(1).max(most), max: z.int().min(1).max(most) })
    .refine(({ min, max }) => min <= max, 'min is above max');

const shape = z.strictObject({
  mode: z.enum(modes),
  /** Requests stay in here: millicores. */
  cpu: bounds(1_000_000).default({ min: 1, max: 1_000_000 }),
  /** MiB. */
  memory: bounds(16_777_216).default({ min: 1, max: 16_777_216 }),
  /** Less than all of it is no reason to act: millicores, MiB, share of what is requested. */
  least_change: z
    .strictObject({
      cpu: z.int().min(0).max(1_000_000).default(10),
      memory: z.int().min(0).max(16_777_216).default(16),
      share: z.number().min(0).max(10).default(0.1),
    })
    .prefault({}),
  /** Most that one decision takes away of a request, as a share of it. */
  most_lower: z.number().min(0).max(0.95).default(0.5),
  /** Most that one decision adds to a request, as a share of it. */
  most_raise: z.number().min(0).max(100).default(1),
  least_confidence: z.number().min(0).max(1).default(0),
  /** ratio: limits move with their requests; keep: they stay, and bound requests. Where they were equal they stay equal. */
  limits: z.enum(['ratio', 'keep']).default('ratio'),
  cooldown_minutes: z.int().min(1).max(43_200).default(60),
  /** Decisions per minute, and decisions at once, of the cluster. */
  per_minute: z.int().min(1).max(500).default(60),
  in_flight: z.int().min(1).max(500).default(20),
  /** UTC hours in which a template may follow, from and before; null: only by others. */
  rollout_hours: z.strictObject({ from: hour, to: hour }).nullable().default(null),
  /** How long after a decision a kill or throttling takes it back. */
  watch_minutes: z.int().min(1).max(10_080).default(60),
  /** Throttled CPU by used CPU above which a lowered CPU is taken back. */
  throttled_share: z.number().min(0).max(10).default(0.25),
  /** Nothing is decided for so long after something was taken back. */
  rest_hours: z.int().min(0).max(8_760).default(24),
  /** Older advice counts as none. */
  advice_hours: z.int().min(1).max(8_760).default(48),
});

/** A policy of resizing, complete. */
export type ResizingPolicy = z.output<typeof shape>;

/** Nothing is done where nobody said otherwise. */
export const off: ResizingPolicy = shape.parse({ mode: 'off' });

/** Reads a policy from JSON text; what it leaves out has its default. BadInput BAD_RESIZING says what is wrong with it. */
export function readPolicy(text: string): ResizingPolicy {
  if (text.length > MAX_POLICY) throw refused(`a policy has at most ${MAX_POLICY} characters`);
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch (error) {
    throw refused(`the policy is no JSON: ${(error as Error).message}`);
  }
  const found = shape.safeParse(sent);
  if (!found.success) {
    const [first] = found.error.issues;
    throw refused(`${first!.path.join('.') || 'the policy'}: ${first!.message}`);
  }
  const { mode, cpu, memory } = sent as { mode: Mode; cpu?: unknown; memory?: unknown };
  if (mode === 'auto' && (cpu === undefined || memory === undefined))
    throw refused('mode auto needs bounds: cpu {min, max} in millicores and memory {min, max} in MiB');
  return found.data;
}

/** The one text of a policy. */
export function policyText(policy: ResizingPolicy): string {
  return JSON.stringify(policy);
}

/** Bounds of requests of a resource, in its unit. */
export function boundsOf(policy: ResizingPolicy, resource: 'cpu' | 'memory'): { min: number; max: number } {
  const unit = resource === 'cpu' ? 1 : MIB;
  return { min: policy[resource].min * unit, max: policy[resource].max * unit };
}

/** The least change of a request that is a reason to act, in its unit. */
export function leastChange(policy: ResizingPolicy, resource: 'cpu' | 'memory', request: number): number {
  const unit = resource === 'cpu' ? 1 : MIB;
  return Math.max(policy.least_change[resource] * unit, policy.least_change.share * request);
}

/** Policies by namespace, the empty one being that of the cluster. The namespace's own goes first, whole. */
export function policyFor(policies: ReadonlyMap<string, ResizingPolicy>, namespace: string): ResizingPolicy {
  return policies.get(namespace) ?? policies.get('') ?? off;
}

/**
 * What may be done with a workload: what the policy says, and not more than its label says. Services of ours need no label; their
 * template is the placer's, so that for them there are proposals only.
 */
export function modeFor(policy: ResizingPolicy, { service, label }: Pick<Facts, 'service' | 'label'>): Mode {
  const most = service !== null ? 'propose' : modes.find((mode) => mode === label);
  return modes[Math.min(modes.indexOf(policy.mode), modes.indexOf(most ?? 'off'))]!;
}

/** True when a template may follow at this time. */
export function mayRollOut({ rollout_hours: hours }: ResizingPolicy, at: number): boolean {
  if (hours === null) return false;
  const now = new Date(at).getUTCHours();
  return hours.from < hours.to ? now >= hours.from && now < hours.to : now >= hours.from || now < hours.to;
}

function refused(message: string): BadInput {
  return new BadInput({ code: 'BAD_RESIZING', message });
}
