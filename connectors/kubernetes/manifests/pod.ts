/** The pod of a service: its container with what it needs, and where it may run. */
import type { RegisteredService } from '../../../schemas/generated/events.ts';
import { configMapName, HOSTNAME, serviceId } from '../names.ts';
import { cpuQuantity, memoryQuantity } from '../quantity.ts';
import { serviceSelector } from './labels.ts';
import type { Owner } from './labels.ts';
import { portName } from './service.ts';
import type { ManifestSettings } from './settings.ts';

/** What a replica is given: millicores and MiB. */
export interface Share {
  readonly cpu: number;
  readonly memory: number;
}

/** The container: requests equal limits, ports with names, probes on the first port, the next stages as environment. */
export function containerOf(
  service: RegisteredService,
  share: Share,
  configured: boolean,
  settings: ManifestSettings,
): object {
  const ports = [...new Set(service.ports.map(({ container_port }) => container_port))];
  return {
    name: serviceId(service.name),
    image: service.image,
    ...(ports.length === 0
      ? {}
      : {
          ports: ports.map((port) => ({ name: portName(port), containerPort: port, protocol: 'TCP' })),
          ...probes(ports[0]!),
        }),
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
      { name: 'POD_ID', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ],
    ...(configured ? { envFrom: [{ configMapRef: { name: configMapName(service.name) } }] } : {}),
    ...resourcesOf(service, share, settings),
  };
}

/** Five minutes to begin to listen; then out of the Service after 10 s and restarted after 30 s without an answer. */
function probes(port: number): object {
  const tcpSocket = { port };
  return {
    startupProbe: { tcpSocket, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { tcpSocket, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { tcpSocket, periodSeconds: 10, failureThreshold: 3 },
  };
}

/** Requests and limits are one: what the placer gave away is neither exceeded nor taken by others (QoS Guaranteed). */
function resourcesOf(
  { accelerators }: RegisteredService,
  { cpu, memory }: Share,
  settings: ManifestSettings,
): object {
  const amounts: Record<string, string> = {
    ...(cpu === 0 ? {} : { cpu: cpuQuantity(cpu) }),
    ...(memory === 0 ? {} : { memory: memoryQuantity(memory) }),
  };
  for (const [type, percent] of Object.entries(accelerators)) {
    const mapped = Object.hasOwn(settings.accelerators, type) ? settings.accelerators[type] : undefined;
    if (mapped === undefined || percent === 0) continue;
    amounts[mapped.resource] = String(mapped.unit === 'percent' ? percent : Math.ceil(percent / 100));
  }
  return Object.keys(amounts).length === 0
    ? {}
    : { resources: { requests: amounts, limits: { ...amounts } } };
}

/** Where pods may run that the placer pins: on this host alone, whatever else it asked of nodes has been seen to. */
export function pinned(service: RegisteredService, host: string): object {
  return { nodeSelector: { [HOSTNAME]: host }, ...tolerations(service) };
}

/** Where pods may run whose node the scheduler finds: everything that is declared about nodes goes with them. */
export function unpinned(owner: Owner, service: RegisteredService): object {
  const { node_selector, spread, apart, name } = service;
  return {
    ...(Object.keys(node_selector).length === 0 ? {} : { nodeSelector: node_selector }),
    ...tolerations(service),
    ...(spread.length === 0
      ? {}
      : {
          topologySpreadConstraints: spread.map(({ topology_key, max_skew, required }) => ({
            maxSkew: max_skew,
            topologyKey: topology_key,
            whenUnsatisfiable: required ? 'DoNotSchedule' : 'ScheduleAnyway',
            labelSelector: { matchLabels: serviceSelector(owner, name) },
          })),
        }),
    ...(apart.length === 0
      ? {}
      : {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: apart.map((other) => ({
                topologyKey: other.topology_key,
                labelSelector: { matchLabels: serviceSelector(owner, other.service) },
              })),
            },
          },
        }),
  };
}

function tolerations({ tolerations: declared }: RegisteredService): object {
  if (declared.length === 0) return {};
  return {
    tolerations: declared.map(({ key, operator, value, effect }) => ({
      ...(key === null ? {} : { key }),
      operator,
      ...(value === null ? {} : { value }),
      ...(effect === null ? {} : { effect }),
    })),
  };
}
