/** An experiment as it is defined and shown. */

/** A container of an experiment. */
export interface ContainerDefinition {
  readonly container_image_name: string | null;
  readonly container_name: string;
}

/** A workload with its containers, or a namespace. */
export interface ObjectDefinition {
  readonly type?: string;
  readonly name?: string | null;
  readonly namespace?: string | null;
  readonly containers?: readonly ContainerDefinition[];
  readonly namespaces?: { readonly namespace: string | null };
}

/** What is shown of an experiment beside its columns; kept as JSON. */
export interface Definition {
  readonly mode: string;
  readonly target_cluster: string;
  readonly trial_settings: object;
  readonly recommendation_settings: object;
  readonly slo?: object;
  /** Kept and shown; results name their workload themselves. */
  readonly selector?: object;
  readonly kubernetes_objects: readonly ObjectDefinition[];
}

/** A container that an experiment has, by definition or because results named it. */
export interface KnownContainer {
  readonly name: string;
  readonly image: string | null;
}

/** Containers that one experiment may have, so that its recommendation fits into an event. */
export const MAX_CONTAINERS = 50;

/** The containers of a definition, each once. */
export function definedContainers({ kubernetes_objects: objects }: Definition): KnownContainer[] {
  const byName = new Map<string, KnownContainer>();
  for (const { container_name: name, container_image_name: image } of objects.flatMap(
    (it) => it.containers ?? [],
  )) {
    if (!byName.has(name)) byName.set(name, { name, image });
  }
  return [...byName.values()];
}

/** What is shown of an object of an experiment. */
export interface Parts {
  /** What is shown of a container. */
  readonly container: (container: KnownContainer) => object;
  /** What is shown of the namespace. */
  readonly namespace: (namespace: string | null) => object;
  /** How containers are put together. */
  readonly together: (containers: readonly object[]) => unknown;
}

/** The objects of an experiment; containers that only results named are shown with the first workload. */
export function showObjects(
  definition: Definition,
  known: readonly KnownContainer[],
  parts: Parts,
): object[] {
  const defined = new Set(definedContainers(definition).map(({ name }) => name));
  const others = known.filter(({ name }) => !defined.has(name));
  return definition.kubernetes_objects.map(({ containers = [], namespaces, ...object }, i) => {
    if (namespaces !== undefined) {
      const { namespace } = namespaces;
      return {
        namespace,
        containers: parts.together([]),
        namespaces: { namespace, ...parts.namespace(namespace) },
      };
    }
    const own = containers.map((it) => ({ name: it.container_name, image: it.container_image_name }));
    const shown = [...own, ...(i === 0 ? others : [])];
    return { ...object, containers: parts.together(shown.map((it) => parts.container(it))) };
  });
}
