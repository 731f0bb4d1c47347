/** Wishes about a cluster over HTTP: appended, decided, answered. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventName, Events } from '../../../../schemas/generated/events.ts';
import { recordKey } from '../../../../schemas/keys.ts';
import { topics } from '../../../../schemas/topics.ts';
import type { Emission } from '../../../../streams/runtime/ports.ts';
import { ask, NotYetDecided } from '../../ask.ts';
import type { AnswerRow } from '../../ask.ts';
import type { HttpDeps } from '../../deps.ts';
import { errorBody } from '../../errors.ts';

/** Table of the answers. */
export const PLACEMENT_ANSWERS = 'placement_answers';
/** Largest body of a wish, bytes: the event of it has to fit into half a mebibyte. */
export const MAX_BODY = 262_144;

/** Wishes about a cluster. */
export type WishName = Extract<
  EventName,
  | 'NodesRequested'
  | 'NodesRemovalRequested'
  | 'ServicesRequested'
  | 'ServicesRemovalRequested'
  | 'PlacingRequested'
  | 'ScalingRequested'
  | 'ScalingRemovalRequested'
>;

/** What became of one node or service. */
export interface Outcome {
  readonly name: string;
  /** added, updated, unchanged, removed or missing. */
  readonly outcome: string;
}

/** A wish as an event. */
export function wishOf<N extends WishName>(org: string, type: N, data: Omit<Events[N], 'org_id'>): Emission {
  const { cluster_id } = data as unknown as { cluster_id: string };
  return {
    ...{ topic: topics.placement, key: recordKey(org, cluster_id), type },
    data: { ...data, org_id: org },
  } as unknown as Emission;
}

/** Appends a wish about placement and answers the caller, see {@link answered}; `granted` gets what became of each. */
export function wish<N extends WishName>(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  type: N,
  data: Omit<Events[N], 'org_id'>,
  granted: (outcomes: readonly Outcome[]) => unknown,
): Promise<unknown> {
  const asked = { event: wishOf(request.caller.org, type, data), answers: PLACEMENT_ANSWERS };
  return answered(deps, request, reply, asked, ({ outcomes }) => granted(outcomes as readonly Outcome[]));
}

/**
 * Appends a wish and answers the caller: what `granted` makes of the answer, the reason of a refusal, or 202 with the place of the
 * answer when nothing has been decided in time. `answers`: their table.
 */
export async function answered(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { event, answers }: { readonly event: Emission; readonly answers: string },
  granted: (answer: AnswerRow) => unknown,
): Promise<unknown> {
  let answer: AnswerRow;
  try {
    [answer] = (await ask(deps, request, { events: [event], answers })) as [AnswerRow];
  } catch (error) {
    if (!(error instanceof NotYetDecided)) throw error;
    const location = `/api/rightstream/v1/answers/${error.ids[0]!}`;
    return reply.code(202).header('location', location).send({ status: 'accepted', answer: location });
  }
  if (answer['code'] === null) return granted(answer);
  const { code, message, http_status } = answer as { code: string; message: string; http_status: number };
  return reply.code(http_status).send(errorBody({ code, message }));
}
