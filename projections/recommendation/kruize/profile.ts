/** Performance profiles: which metrics count and how they are aggregated. */
import { containerColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';
import { families } from './metrics.ts';
import type { Kind } from './metrics.ts';

/** A metric of a profile. */
export interface ProfileVariable {
  readonly name: string;
  readonly datasource: string;
  readonly value_type: string;
  readonly kubernetes_object?: string;
  readonly query?: string;
  readonly aggregation_functions?: readonly { readonly function: string }[];
}

/** A profile as it is sent and shown; what else it holds is kept. */
export interface Profile {
  readonly name: string;
  readonly profile_version: number;
  readonly k8s_type?: string;
  readonly slo: {
    readonly slo_class?: string;
    readonly direction: string;
    readonly objective_function: { readonly function_type: string };
    readonly function_variables: readonly ProfileVariable[];
  };
}

/** Name of the profile that ROS uses and that is known from the start. */
export const ROS_PROFILE = 'resource-optimization-openshift';

const gpuMetrics = ['acceleratorCoreUsage', 'acceleratorMemoryUsage', 'acceleratorFrameBufferUsage'];

/** The profile that ROS uses, as far as it is data: queries are not ours, for results are brought to us. */
export const rosProfile: Profile = {
  name: ROS_PROFILE,
  profile_version: 2,
  k8s_type: 'openshift',
  slo: {
    slo_class: 'resource_usage',
    direction: 'minimize',
    objective_function: { function_type: 'source' },
    function_variables: [
      ...reported('container', containerColumns),
      ...reported('namespace', namespaceColumns),
      variable('namespaceMaxDate', 'namespace', ['max']),
      ...gpuMetrics.map((name) => variable(name, 'container', ['min', 'max', 'avg'])),
    ],
  },
};

function reported(kind: Kind, columns: readonly { readonly name: string; readonly combine: string }[]) {
  const functions = new Map<string, string[]>();
  for (const { name, combine } of columns) {
    const metric = families[kind][name.slice(0, -combine.length - 1)]!;
    functions.set(metric, [...(functions.get(metric) ?? []), combine]);
  }
  return [...functions].map(([name, combines]) => variable(name, kind, combines));
}

function variable(name: string, kind: Kind, functions: readonly string[]): ProfileVariable {
  return {
    ...{ name, datasource: 'prometheus', value_type: 'double', kubernetes_object: kind },
    aggregation_functions: functions.map((it) => ({ function: it })),
  };
}

/** Whether everything that `old` measures is measured by `next`, in every way. */
export function isSuperset(next: Profile, old: Profile): boolean {
  const known = new Map(next.slo.function_variables.map((it) => [it.name, functionsOf(it)]));
  return old.slo.function_variables.every((it) => {
    const now = known.get(it.name);
    return now !== undefined && [...functionsOf(it)].every((name) => now.has(name));
  });
}

function functionsOf({ aggregation_functions: functions }: ProfileVariable): Set<string> {
  return new Set((functions ?? []).map((it) => it.function));
}

/** A version as Kruize prints it: 3.0, 2.5. */
export function versionText(version: number): string {
  return Number.isInteger(version) ? version.toFixed(1) : String(version);
}
