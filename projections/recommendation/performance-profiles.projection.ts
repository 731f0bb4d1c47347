/** Performance profiles of the Kruize API, and what became of wishes about them. */
import type {
  PerformanceProfileRefused,
  PerformanceProfileRemovalRequested,
  PerformanceProfileRequested,
} from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { defineProjection } from '../runtime/define.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { expiredBefore, foldExpiry, readOfExpiry } from '../runtime/expiry.ts';
import { isSuperset, ROS_PROFILE, rosProfile, versionText } from './kruize/profile.ts';
import type { Profile } from './kruize/profile.ts';
import { profileTables } from './kruize/tables.ts';

type All = Rows<typeof profileTables>;
interface Named {
  readonly org_id: string;
  readonly name: string;
}

const target = ({ org_id }: Named) => ({ topic: topics.performanceProfiles, key: recordKey(org_id) });
const itself = ({ org_id, name }: Named): Read[] => [{ table: 'performance_profiles', key: [org_id, name] }];

/** The profile of this name: registered, or known from the start. */
function find(rows: All, { org_id, name }: Named): { version: number; profile: Profile } | undefined {
  const row = rows.performance_profiles.get(org_id, name);
  if (row?.removed === true) return undefined;
  if (row !== undefined)
    return { version: row.profile_version, profile: JSON.parse(row.document) as Profile };
  return name === ROS_PROFILE ? { version: rosProfile.profile_version, profile: rosProfile } : undefined;
}

function refuse(event: Named, meta: DeciderMeta, code: string, status: number, message: string): void {
  const { org_id, name } = event;
  const data: PerformanceProfileRefused = {
    ...{ request_id: meta.eventId, org_id, name, wish: meta.type },
    ...{ code, http_status: status, message },
  };
  meta.emit({ ...target(event), type: 'PerformanceProfileRefused', data });
}

/** Why a profile cannot be registered as it is sent; undefined: nothing speaks against it. */
function objection(
  known: { version: number; profile: Profile } | undefined,
  event: PerformanceProfileRequested,
): readonly [code: string, status: number, message: string] | undefined {
  const { name, profile_version: version } = event;
  if (!event.update) {
    if (known === undefined) return undefined;
    return known.version === version
      ? ['PROFILE_EXISTS', 409, `Validation failed: Performance Profile already exists: ${name}`]
      : [
          'PROFILE_VERSION_DIFFERS',
          409,
          `Validation failed: Performance profile '${name}' already exists with a different version. Use the /updatePerformanceProfile API to modify the existing profile.`,
        ];
  }
  if (known === undefined) {
    return ['PROFILE_NOT_FOUND', 404, `Validation failed: Performance profile '${name}' not found`];
  }
  if (known.version === version) {
    const message = `Validation failed: Performance profile '${name}' already updated with the version ${versionText(version)}`;
    return ['PROFILE_VERSION_EXISTS', 409, message];
  }
  return isSuperset(JSON.parse(event.document) as Profile, known.profile)
    ? undefined
    : ['PROFILE_NOT_SUPERSET', 409, 'Validation failed: Updated profile must be a superset of existing data'];
}

function decideOnRequest(rows: All, event: PerformanceProfileRequested, meta: DeciderMeta): void {
  const why = objection(find(rows, event), event);
  if (why !== undefined) {
    refuse(event, meta, ...why);
    return;
  }
  const { org_id, name, profile_version, document } = event;
  const data = { request_id: meta.eventId, org_id, name, profile_version, document };
  meta.emit({ ...target(event), type: 'PerformanceProfileRegistered', data });
}

function decideOnRemoval(rows: All, event: PerformanceProfileRemovalRequested, meta: DeciderMeta): void {
  const { org_id, name, experiments } = event;
  if (find(rows, event) === undefined) {
    refuse(event, meta, 'PROFILE_NOT_FOUND', 400, `Performance Profile '${name}' does not exist.`);
  } else if (experiments > 0) {
    const message = `Performance Profile '${name}' cannot be deleted as it is currently associated with ${experiments} experiments.`;
    refuse(event, meta, 'PROFILE_IN_USE', 400, message);
  } else {
    const data = { request_id: meta.eventId, org_id, name };
    meta.emit({ ...target(event), type: 'PerformanceProfileRemoved', data });
  }
}

const expiry = (_event: unknown, meta: EventMeta): Read[] => [readOfExpiry('profile_expiry', meta)];

function answer(
  rows: All,
  event: Named & { readonly request_id: string },
  meta: EventMeta,
  refusal: { code: string; message: string; http_status: number } | undefined,
): void {
  if (meta.timestamp < expiredBefore(rows.profile_expiry, 'performance_profile_answers', meta)) return;
  rows.performance_profile_answers.put({
    request_id: event.request_id,
    org_id: event.org_id,
    name: event.name,
    http_status: refusal?.http_status ?? 200,
    code: refusal?.code ?? null,
    message: refusal?.message ?? null,
    decided_at: meta.timestamp,
  });
}

export default defineProjection({
  id: 'performance-profiles',
  version: 2,
  about: 'Performance profiles of the Kruize API.',
  from: [topics.performanceProfiles, topics.retention],
  emits: [topics.performanceProfiles],
  tables: profileTables,
  reads: {
    PerformanceProfileRequested: (event, meta) => [...itself(event), ...expiry(event, meta)],
    PerformanceProfileRemovalRequested: (event, meta) => [...itself(event), ...expiry(event, meta)],
    PerformanceProfileRegistered: expiry,
    PerformanceProfileRemoved: expiry,
    PerformanceProfileRefused: expiry,
    HistoryExpired: expiry,
  },
  fold: {
    HistoryExpired: (rows, event, meta) => {
      foldExpiry(rows.profile_expiry, event, meta);
      if (event.rows_of !== 'performance_profile_answers') return;
      rows.performance_profile_answers.removeWhere({}, { column: 'decided_at', value: event.before });
    },
    PerformanceProfileRegistered: (rows, event, meta) => {
      const { org_id, name, profile_version, document } = event;
      rows.performance_profiles.put({ org_id, name, profile_version, removed: false, document });
      answer(rows, event, meta, undefined);
    },
    PerformanceProfileRemoved: (rows, event, meta) => {
      const { org_id, name } = event;
      // The one that is known from the start stays gone; of others nothing is left.
      if (name === ROS_PROFILE) {
        const document = JSON.stringify(rosProfile);
        rows.performance_profiles.put({ org_id, name, profile_version: 0, removed: true, document });
      } else rows.performance_profiles.delete(org_id, name);
      answer(rows, event, meta, undefined);
    },
    PerformanceProfileRefused: (rows, event, meta) => {
      answer(rows, event, meta, event);
    },
  },
  decide: {
    PerformanceProfileRequested: decideOnRequest,
    PerformanceProfileRemovalRequested: decideOnRemoval,
  },
});
