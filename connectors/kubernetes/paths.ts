/** Where objects are found at the API server. */
import { BadInput } from '../../streams/runtime/errors.ts';
import { OBJECT_KINDS, type ObjectKind, type ObjectRef } from './cluster.ts';

/** The path of a collection, or of all namespaces' when none is named. */
export function collectionPath(kind: ObjectKind, namespace?: string): string {
  const { apiVersion, plural, namespaced } = OBJECT_KINDS[kind];
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}${inside}/${plural}`;
}

/** The path of an object. */
export function objectPath({ kind, namespace, name }: ObjectRef): string {
  return `${collectionPath(kind, namespace)}/${segment(name)}`;
}

/** For people: `Deployment shop/web-1`. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** A name as Kubernetes wants it: nothing that could lead elsewhere in a path. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function segment(name: string): string {
  if (NAME.test(name)) return name;
  throw new BadInput({
    code: 'BAD_OBJECT_NAME',
    message: `${JSON.stringify(name.slice(0, 80))} cannot be the name of an object in Kubernetes: lower case letters, digits, - and . are allowed, at most 253`,
  });
}
