/** Ids of experiments: made from what they are, so that every replay gives the same. */
import { createHash } from 'node:crypto';
import { recordKey } from '../../../schemas/keys.ts';

/** Key of an experiment's records: organisation and name. */
export function experimentKey(org: string, name: string): string {
  return recordKey(org, name);
}

/** Id of an experiment, 64 hexadecimal digits. */
export function experimentId(org: string, name: string): string {
  return createHash('sha256').update(experimentKey(org, name)).digest('hex');
}

/**
 * The source of an experiment that ROS named `org|source|cluster|…`, for its own organisation; null for any other name:
 * `sourceOf('12', '12|7|c1|shop|deployment|web')` = `'7'`.
 */
export function sourceOf(org: string, name: string): string | null {
  const [of, source, cluster, ...rest] = name.split('|');
  return of === org && source !== undefined && source !== '' && cluster !== undefined && rest.length > 0
    ? source
    : null;
}
