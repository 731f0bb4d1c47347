/** Answers to wishes about a cluster: granted with outcomes, or refused with a reason. */
import type { PlacementRefused } from '../../schemas/generated/events.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import type { Scope } from './declared.ts';
import type { Objection } from './judge.ts';
import { placingOf, target } from './settle.ts';
import type { placementTables } from './tables.ts';

type All = Rows<typeof placementTables>;

/** An answer as a row has it. */
export interface Answer {
  readonly http_status: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly outcomes: readonly { readonly name: string; readonly outcome: string }[];
}

/** A wish that is granted, without outcomes. */
export const granted: Answer = { http_status: 200, code: null, message: null, outcomes: [] };

/** Folds an answer. */
export function answer(
  rows: All,
  event: Scope & { readonly request_id: string },
  meta: EventMeta,
  given: Answer,
): void {
  const { request_id, org_id, cluster_id } = event;
  const { outcomes, ...rest } = given;
  rows.placement_answers.put({
    ...{ request_id, org_id, cluster_id, ...rest },
    outcomes: JSON.stringify(outcomes),
    decided_at: meta.timestamp,
  });
}

/** Emits a refusal. */
export function refuse(event: Scope, meta: DeciderMeta, { code, status, message }: Objection): void {
  const { org_id, cluster_id } = event;
  const data: PlacementRefused = {
    ...{ request_id: meta.eventId, org_id, cluster_id, wish: meta.type },
    ...{ code, http_status: status, message },
  };
  meta.emit({ ...target(event), type: 'PlacementRefused', data });
}

/** Counts a decision; what runs on is kept. */
export function count(rows: All, event: Scope & { readonly decision: number }): void {
  const before = placingOf(rows, event);
  if (event.decision > before.decisions) rows.placing.put({ ...before, decisions: event.decision });
}
