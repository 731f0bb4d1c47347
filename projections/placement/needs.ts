/** Changes what each replica of a service needs, and nothing else of it. */
import type { RegisteredService, ServiceNeedsRequested } from '../../schemas/generated/events.ts';
import type { Row } from '../runtime/table.ts';
import { againstServices } from './judge.ts';
import type { Objection } from './judge.ts';
import type { placementTables } from './tables.ts';

type ServiceRow = Readonly<Row<(typeof placementTables)['services']>>;

/** A service as it was declared. */
export function registeredOf(row: ServiceRow): RegisteredService {
  const { name, application, number, image, cpu, memory, sensitivity, replicas } = row;
  const parsed = <K extends keyof RegisteredService>(json: string) =>
    JSON.parse(json) as RegisteredService[K];
  return {
    ...{ name, application, number, image, cpu, memory, sensitivity, replicas },
    cores: parsed<'cores'>(row.cores),
    accelerators: parsed<'accelerators'>(row.accelerators),
    ports: parsed<'ports'>(row.ports),
    next: parsed<'next'>(row.next),
    node_selector: parsed<'node_selector'>(row.node_selector),
    tolerations: parsed<'tolerations'>(row.tolerations),
    spread: parsed<'spread'>(row.spread),
    apart: parsed<'apart'>(row.apart),
  };
}

/** The service with other needs, or why not. */
export function withNeeds(
  services: readonly ServiceRow[],
  { service, cpu, memory }: ServiceNeedsRequested,
): { service: RegisteredService } | { why: Objection } {
  const row = services.find(({ name }) => name === service);
  if (row === undefined) {
    const message = `there is no service ${service.slice(0, 253)} in this cluster`;
    return { why: { code: 'SERVICE_NOT_FOUND', status: 404, message } };
  }
  const found = { ...registeredOf(row), cpu, memory };
  const why = againstServices([found], []);
  return why !== undefined && why.code === 'BAD_SERVICES' ? { why } : { service: found };
}
