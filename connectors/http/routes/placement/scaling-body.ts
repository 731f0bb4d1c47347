/** Bodies of scaling: policies and loads. */
import { z } from 'zod';
import { defaultPolicy, LONGEST_WINDOW_S } from '../../../../projections/placement/scaling/policy.ts';
import type { ScalingPolicy } from '../../../../projections/placement/scaling/policy.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { checkedBody, text } from './body.ts';

const count = z.int().min(0).max(1_000_000_000);
const seconds = z.int().min(0).max(86_400);
const usual = defaultPolicy;
const time = z.string().regex(/^\d\d:\d\d$/, 'HH:MM');

const policyBody = z.strictObject({
  enabled: z.boolean().default(usual.enabled),
  min: count,
  max: count,
  throughput: z.number().nullable().default(usual.throughput),
  target: z.number().default(usual.target),
  tolerance: z.number().default(usual.tolerance),
  drain_seconds: seconds.nullable().default(usual.drain_seconds),
  stale_seconds: seconds.default(usual.stale_seconds),
  ready_seconds: seconds.default(usual.ready_seconds),
  up_stabilisation_seconds: seconds.default(usual.up_stabilisation_seconds),
  up_cool_down_seconds: seconds.default(usual.up_cool_down_seconds),
  up_step: count.nullable().default(usual.up_step),
  down_stabilisation_seconds: seconds.default(usual.down_stabilisation_seconds),
  down_cool_down_seconds: seconds.default(usual.down_cool_down_seconds),
  down_step: count.nullable().default(usual.down_step),
  utc_offset_minutes: z.int().min(-1_440).max(1_440).default(usual.utc_offset_minutes),
  timetable: z
    .array(
      z.strictObject({
        days: z.array(z.int().min(0).max(6)).max(7).default([]),
        ...{ from: time, to: time, min: count, max: count },
      }),
    )
    .max(32)
    .default([]),
  query: z.string().min(1).max(2_000).nullable().default(usual.query),
});

const amount = z.number().min(0).max(1e9);
const loadsBody = z.strictObject({
  loads: z
    .array(
      z.strictObject({
        service: text,
        at: z.iso.datetime({ offset: true }).optional(),
        rate: amount,
        throughput: amount.nullable().default(null),
        queue: amount.nullable().default(null),
        served: amount.nullable().default(null),
        replicas: count.nullable().default(null),
      }),
    )
    .min(1)
    .max(1_000),
});

/** A policy; what is not said is as usual. What the numbers may be is decided with the wish. */
export function readPolicyBody(body: unknown): ScalingPolicy {
  return checkedBody(policyBody, body);
}

/** A load without its organisation and cluster. */
export type SentLoad = Omit<z.output<typeof loadsBody>['loads'][number], 'at'> & { readonly at: number };

/** Loads; those without a time are of now (ms since 1970). Neither older than what is kept nor ahead: else BadInput BAD_LOAD. */
export function readLoadsBody(body: unknown, now: number): SentLoad[] {
  return checkedBody(loadsBody, body).loads.map(({ at: said, ...rest }, i) => {
    const at = said === undefined ? now : Date.parse(said);
    if (at >= now - LONGEST_WINDOW_S * 1_000 && at <= now + 60_000) return { ...rest, at };
    throw new BadInput({
      code: 'BAD_LOAD',
      message: `loads.${i}.at: send loads of the last ${LONGEST_WINDOW_S / 60} minutes, at most a minute ahead`,
    });
  });
}
