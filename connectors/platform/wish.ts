/** What the processor of ROS asks on its recommendation topic: a recommendation for an experiment, as of an interval end. */
import { z } from 'zod';
import type { Emission } from '../../streams/runtime/ports.ts';
import { recordKey } from '../../schemas/keys.ts';
import { checked, jsonOf, lowerCased, text } from './announcement.ts';

const INVALID = 'WISH_INVALID';
const MAX_NAME = 4_096;

const wish = z.object({
  request_id: text,
  metadata: z
    .unknown()
    .transform((value) => lowerCased(value, INVALID))
    .pipe(
      z.object({
        org_id: text,
        workload_id: z.int().refine((id) => id !== 0, 'not 0'),
        experiment_name: z.string().min(1).max(MAX_NAME),
        max_endtime_report: z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
        experimenttype: z.enum(['container', 'namespace']),
      }),
    ),
});

/** A wish that was read. */
export interface Wish {
  readonly requestId: string;
  readonly org: string;
  readonly experiment: string;
  /** Interval end, ms since 1970. */
  readonly end: number;
}

/** Reads a message, whatever the case of its names. Terminal BAD_JSON or WISH_INVALID, with every mistake. */
export function readWish(value: Buffer | null): Wish {
  const { request_id: requestId, metadata } = checked(wish, lowerCased(jsonOf(value), INVALID), INVALID);
  return {
    requestId,
    org: metadata.org_id,
    experiment: metadata.experiment_name,
    end: metadata.max_endtime_report,
  };
}

/** The wish as an event of ours; its answer is a row of experiment_answers. */
export function wishEvent({ org, experiment, end }: Wish): Emission<'experiments'> {
  const data = { org_id: org, experiment_name: experiment, interval_end: end };
  return { topic: 'experiments', key: recordKey(org, experiment), type: 'RecommendationsRequested', data };
}
