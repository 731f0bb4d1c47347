/** Reads the body of createExperiment, with the checks in the order in which Kruize makes them. */
import type { ObjectDefinition } from '../../../../../projections/recommendation/kruize/definition.ts';
import { MAX_CONTAINERS } from '../../../../../projections/recommendation/kruize/definition.ts';
import type { ExperimentRequested } from '../../../../../schemas/generated/events.ts';
import { isFields, listOf, objectOf, textOf } from './body.ts';
import type { Fields } from './body.ts';
import { KruizeError } from './envelope.ts';

const types = new Set([
  ...['deployment', 'deploymentConfig', 'statefulset', 'replicaset', 'replicationController'],
  ...['daemonset', 'job'],
]);
const terms = ['short', 'medium', 'long'];
const models = ['cost', 'performance'];
const MAX_OBJECTS = 50;
const DEFAULT_MINUTES = 15;
const DEFAULT_THRESHOLD = 0.1;
/** What is kept of an experiment beside its objects, bytes of JSON. */
const MAX_SETTINGS = 65_536;

/** An experiment as sent, without what the tables have to say. */
export type Draft = Omit<ExperimentRequested, 'org_id' | 'profile_version'>;

/** The experiment of a body; what cannot be one: KruizeError. */
export function readExperiment(body: unknown): Draft {
  if (!Array.isArray(body) || body.length === 0) {
    throw new KruizeError('The body has to be an array of exactly one experiment.');
  }
  if (body.length > 1) throw new KruizeError('At present, the system does not support bulk entries!');
  const [sent] = body as unknown[];
  if (!isFields(sent)) throw new KruizeError('The body has to be an array of exactly one experiment.');
  const name = mandatory(sent);
  const type = textOf(sent, 'experiment_type') ?? 'container';
  if (type !== 'container' && type !== 'namespace')
    throw new KruizeError(`Invalid experiment_type : ${type}`);
  const profile = profileOf(sent);
  checkMode(sent);
  const trial = objectOf(sent, 'trial_settings') ?? {};
  const settings = objectOf(sent, 'recommendation_settings') ?? {};
  const selector = objectOf(sent, 'selector');
  const minutes = minutesOf(textOf(trial, 'measurement_duration'));
  const threshold = thresholdOf(settings);
  const definition = {
    mode: textOf(sent, 'mode')!,
    target_cluster: textOf(sent, 'target_cluster')!,
    trial_settings: { measurement_duration: `${minutes}min` },
    recommendation_settings: { ...settings, threshold },
    ...(profile === null ? { slo: sent['slo'] } : {}),
    ...(selector === null ? {} : { selector }),
    kubernetes_objects: objectsOf(sent, type),
  };
  const text = JSON.stringify(definition);
  if (text.length > MAX_SETTINGS)
    throw new KruizeError(`The experiment has more than ${MAX_SETTINGS} characters.`);
  return {
    experiment_name: name,
    version: textOf(sent, 'version'),
    cluster_name: textOf(sent, 'cluster_name'),
    experiment_type: type,
    performance_profile: profile,
    measurement_minutes: minutes,
    threshold,
    terms: chosen(
      settings,
      'term_settings',
      'terms',
      terms,
      'Term name is not supported. Use short, medium or long term.',
    ),
    models: chosen(
      settings,
      'model_settings',
      'models',
      models,
      'Model name is not supported. Use cost or performance.',
    ),
    definition: text,
  };
}

function mandatory(sent: Fields): string {
  const name = textOf(sent, 'experiment_name');
  const missing = [
    ...(name === null ? ['experimentName'] : []),
    ...['mode', 'target_cluster'].filter((field) => textOf(sent, field) === null),
  ];
  if (name === null || missing.length > 0) {
    throw new KruizeError(`Mandatory parameters missing [${missing.join(', ')}] `);
  }
  return name;
}

function profileOf(sent: Fields): string | null {
  const profile = textOf(sent, 'performance_profile');
  const slo = objectOf(sent, 'slo');
  if (profile !== null && slo !== null) {
    throw new KruizeError('SLO Data and Performance Profile cannot exist simultaneously!');
  }
  if (profile === null && slo === null)
    throw new KruizeError('No Performance Profile or SLO data is Present!');
  return profile;
}

function checkMode(sent: Fields): void {
  const mode = textOf(sent, 'mode');
  const target = textOf(sent, 'target_cluster');
  if (target !== 'remote') {
    throw new KruizeError(`target_cluster: "${target ?? ''}" is not supported. Use remote.`);
  }
  if (mode === 'auto' || mode === 'recreate') {
    throw new KruizeError('Auto or recreate mode is not supported for remote monitoring use case.');
  }
  if (mode !== 'monitor') throw new KruizeError(`mode: "${mode ?? ''}" is not supported. Use monitor.`);
}

/** `15min` → 15. */
function minutesOf(duration: string | null): number {
  if (duration === null) return DEFAULT_MINUTES;
  const found = /^(\d{1,4}) ?(?:m|min|mins|minute|minutes)?$/.exec(duration.trim());
  const minutes = Number(found?.[1]);
  if (found !== null && minutes >= 1 && minutes <= 1_440) return minutes;
  throw new KruizeError(
    `measurement_duration: "${duration}" is not supported. Write minutes, such as 15min.`,
  );
}

function thresholdOf(settings: Fields): number {
  const text = textOf(settings, 'threshold');
  if (text === null) return DEFAULT_THRESHOLD;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= 1_000) return value;
  throw new KruizeError(`threshold: "${text}" is not supported. Write per cent, such as 0.1.`);
}

function chosen(
  settings: Fields,
  group: string,
  field: string,
  known: readonly string[],
  message: string,
): string[] {
  const value = (objectOf(settings, group) ?? {})[field] ?? [];
  if (!Array.isArray(value)) throw new KruizeError(`${group}.${field}: write a list`);
  if (value.some((it) => it === null || it === '')) throw new KruizeError('Empty term or model value.');
  if (!value.every((it) => typeof it === 'string' && known.includes(it))) throw new KruizeError(message);
  return known.filter((it) => value.includes(it));
}

function objectsOf(sent: Fields, type: 'container' | 'namespace'): ObjectDefinition[] {
  const objects = listOf(sent, 'kubernetes_objects');
  if (objects.length === 0) {
    throw new KruizeError(
      'Either parameter should be present: [kubernetes_objects, selector], and results need kubernetes_objects',
    );
  }
  if (objects.length > MAX_OBJECTS) throw new KruizeError(`kubernetes_objects: at most ${MAX_OBJECTS}`);
  const read = objects.map(type === 'namespace' ? namespaceOf : workloadOf);
  const containers = read.reduce((sum, it) => sum + (it.containers?.length ?? 0), 0);
  if (containers > MAX_CONTAINERS) throw new KruizeError(`containers: at most ${MAX_CONTAINERS} in all`);
  return read;
}

function namespaceOf(object: Fields): ObjectDefinition {
  if (listOf(object, 'containers').length > 0 || textOf(object, 'type') !== null) {
    throw new KruizeError('Can not specify container data for namespace experiment');
  }
  const namespaces = objectOf(object, 'namespaces');
  if (namespaces === null) throw new KruizeError('namespaces: name the namespace of a namespace experiment');
  const namespace = textOf(namespaces, 'namespace');
  if (namespace === null) throw new KruizeError('namespaces.namespace: name the namespace');
  return { namespaces: { namespace } };
}

function workloadOf(object: Fields): ObjectDefinition {
  if (objectOf(object, 'namespaces') !== null) {
    throw new KruizeError('Can not specify namespace data for container experiment');
  }
  const type = textOf(object, 'type');
  if (type === null || !types.has(type)) throw new KruizeError(`Invalid deployment type: ${type ?? 'null'}`);
  return {
    type,
    name: textOf(object, 'name'),
    namespace: textOf(object, 'namespace'),
    containers: listOf(object, 'containers').map((container) => {
      const name = textOf(container, 'container_name');
      if (name === null || name === '') throw new KruizeError('container_name: name every container');
      return { container_image_name: textOf(container, 'container_image_name'), container_name: name };
    }),
  };
}
