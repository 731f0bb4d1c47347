/** What would follow if a cluster were declared otherwise: answered by the placer, nothing is appended. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { limits } from '../../../../projections/placement/judge.ts';
import type { QueueRule } from '../../../../projections/placement/placer/queue.ts';
import { whatIf } from '../../../../projections/placement/what-if.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers } from '../paging.ts';
import { checkedBody, text } from './body.ts';
import { placingNow } from './clusters.ts';
import { placerState, rowsOf } from './state.ts';

const supposed = z.strictObject({
  drain: z.array(text).max(limits.nodes).default([]),
  add: z
    .array(z.strictObject({ like: text, count: z.int().min(1).max(100).default(1) }))
    .max(20)
    .default([]),
  replicas: z.record(text, z.int().min(0).max(limits.replicas)).default({}),
  strategy: text.optional(),
});

/** Adds the route. */
export function whatIfRoute(app: FastifyInstance, deps: HttpDeps): void {
  app.post<{ Params: { cluster: string } }>(
    '/api/rightstream/v1/clusters/:cluster/what-if',
    {
      config: { reads: true },
      schema: {
        tags: ['placement'],
        summary: 'What would move and what would have no place: drain nodes, add some, change replicas',
        params: { type: 'object', properties: { cluster: { type: 'string', minLength: 1, maxLength: 253 } } },
        response: answers,
      },
    },
    async ({ params: { cluster }, caller: { org }, body }) => {
      const asked = checkedBody(supposed, body ?? {});
      const state = await placerState(deps, org, cluster);
      const { running, strategy, priority, balance } = await placingNow(deps, org, cluster);
      const queue = { priority: priority as QueueRule['priority'], balance };
      const unplaced = await rowsOf(deps, 'unplaceable', org, cluster);
      return {
        data: {
          ...whatIf(state, asked, { strategy, queue }),
          unplaced_now: unplaced.map(({ service, replicas }) => ({ service, replicas })),
        },
        meta: {
          strategy: asked.strategy ?? strategy,
          ...(running ? {} : { why: 'placing stands still here: this is what would follow once it goes on' }),
        },
      };
    },
  );
}
