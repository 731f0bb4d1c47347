/** The ConfigMap of a service: where the stages are that it sends to. */
import type { RegisteredService } from '../../../schemas/generated/events.ts';
import type { ClusterObject } from '../cluster.ts';
import { configMapName, hash, serviceName, variableName } from '../names.ts';
import { origin, ownerLabels } from './labels.ts';
import type { Owner } from './labels.ts';

/** A stage that can be reached. */
export interface Stage {
  readonly service: string;
  readonly host: string;
  readonly port: number;
}

/** Addresses of the next stages, those that can be reached, in the order that they are declared in. */
export function nextStages(
  service: RegisteredService,
  known: ReadonlyMap<string, RegisteredService>,
  namespace: string,
): Stage[] {
  return service.next.flatMap((name) => {
    const port = known.get(name)?.ports.find(({ service_port }) => service_port !== null)?.service_port;
    return port === undefined || port === null
      ? []
      : [{ service: name, host: `${serviceName(name)}.${namespace}.svc`, port }];
  });
}

/**
 * What containers read: `ml_next_ip`, `ml_next_port` and `ml_next_dir` are the first stage, as ROHE names them; every stage
 * has NEXT_<SERVICE>_HOST, _PORT and _ADDRESS; NEXT_SERVICES lists the names. Two services with one name in capitals get
 * ten digits each.
 */
export function stageVariables(stages: readonly Stage[]): Record<string, string> {
  const [first] = stages;
  if (first === undefined) return {};
  const data: Record<string, string> = {
    ml_next_ip: first.host,
    ml_next_port: String(first.port),
    ml_next_dir: '',
    NEXT_SERVICES: stages.map(({ service }) => service).join(','),
  };
  const short = stages.map(({ service }) => variableName(service));
  stages.forEach(({ service, host, port }, i) => {
    const alone = short.filter((name) => name === short[i]).length === 1 && short[i] !== 'SERVICES';
    const name = alone ? short[i]! : `${short[i]!}_${hash([service]).toUpperCase()}`;
    data[`NEXT_${name}_HOST`] = host;
    data[`NEXT_${name}_PORT`] = String(port);
    data[`NEXT_${name}_ADDRESS`] = `${host}:${port}`;
  });
  return data;
}

/** The object; undefined for a service that sends to none. */
export function configMapOf(
  owner: Owner,
  namespace: string,
  service: RegisteredService,
  stages: readonly Stage[],
): ClusterObject | undefined {
  if (stages.length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...{ name: configMapName(service.name), namespace },
      labels: ownerLabels(owner),
      annotations: origin(service.name, null),
    },
    data: stageVariables(stages),
  };
}
