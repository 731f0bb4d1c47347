/** The Service of a service: one name inside the cluster for all its replicas. */
import type { RegisteredPort, RegisteredService } from '../../../schemas/generated/events.ts';
import type { ClusterObject } from '../cluster.ts';
import { serviceName } from '../names.ts';
import { origin, ownerLabels, serviceSelector } from './labels.ts';
import type { Owner } from './labels.ts';

/** A port that others reach. */
type Reached = RegisteredPort & { readonly service_port: number };

/** Ports under which others reach the service; of two with one number the first counts. */
export function reachedPorts({ ports }: RegisteredService): Reached[] {
  const reached = ports.filter((port): port is Reached => port.service_port !== null);
  return reached.filter(
    ({ service_port }, i) => reached.findIndex((other) => other.service_port === service_port) === i,
  );
}

/** What a port is called: names are needed as soon as there are two. */
export function portName(port: number): string {
  return `port-${port}`;
}

/** The object; undefined for a service that nobody reaches. */
export function serviceOf(
  owner: Owner,
  namespace: string,
  service: RegisteredService,
): ClusterObject | undefined {
  const ports = reachedPorts(service);
  if (ports.length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...{ name: serviceName(service.name), namespace },
      labels: ownerLabels(owner),
      annotations: origin(service.name, null),
    },
    spec: {
      type: 'ClusterIP',
      selector: serviceSelector(owner, service.name),
      ports: ports.map(({ service_port, container_port }) => ({
        ...{ name: portName(service_port), port: service_port, targetPort: container_port, protocol: 'TCP' },
      })),
    },
  };
}
