/** Nodes and services as clients of ROHE write them: bodies of both generations, checked and read. */
import { z } from 'zod';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { RequestedNode, RequestedService } from '../../../schemas/generated/events.ts';

/** Most entries of one body. */
export const MAX_ENTRIES = 10_000;
/** Most replicas of one service. */
export const MAX_REPLICAS = 10_000;

const text = z.string().min(1).max(253);
/** Millicores or MB: a million cores, an exabyte. */
const amount = z.int().min(0).max(1_000_000_000);
const capacity = amount.min(1);
const percent = z.number().int().min(0).max(100);
const cores = z.array(percent).max(1_024);
const used = z.unknown().optional();

const memory = z.looseObject({ rss: amount });
const device = z
  .looseObject({ type: text.optional(), accelerator_type: text.optional(), capacity: percent, used })
  .refine(({ type, accelerator_type: newer }) => type !== undefined || newer !== undefined, {
    message: 'a device needs type (or accelerator_type)',
  });
const coreCapacity = z.looseObject({ capacity: cores.min(1), used });

const nodeBody = z
  .looseObject({
    node_name: text,
    MAC: text.optional(),
    mac_address: text.optional(),
    cpu: z.looseObject({ capacity, used }),
    memory: z.looseObject({ capacity: z.looseObject({ rss: capacity }), used }),
    processor: coreCapacity.optional(),
    cores: coreCapacity.optional(),
    accelerator: z.record(text, device).default({}),
  })
  .refine((it) => it.processor !== undefined || it.cores !== undefined, {
    message: 'a node needs cores (or processor)',
  });

const port = z.int().min(1).max(65_535);
const needs = z.record(text, percent);
const serviceBody = z
  .looseObject({
    service_name: text,
    service_id: text,
    cpu: amount.optional(),
    cpu_required: amount.optional(),
    memory: memory.optional(),
    memory_required: memory.optional(),
    processor: cores.optional(),
    cores_required: cores.optional(),
    accelerator: needs.optional(),
    accelerator_required: needs.optional(),
    sensitivity: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(0),
    replicas: z.int().min(0).max(MAX_REPLICAS),
    image: z.string().max(1_000).default(''),
    ports: z.array(port).max(100).default([]),
    port_mapping: z
      .array(z.looseObject({ con_port: port, phy_port: port }))
      .max(100)
      .default([]),
  })
  .refine((it) => (it.cpu ?? it.cpu_required) !== undefined, {
    message: 'a service needs cpu_required (or cpu)',
  })
  .refine((it) => (it.memory ?? it.memory_required) !== undefined, {
    message: 'a service needs memory_required (or memory)',
  });

const nodesBody = z.looseObject({ data: z.record(text, nodeBody) });
const servicesBody = z.looseObject({ data: z.record(text, z.record(text, serviceBody)) });

/** Nodes of the body of ADD NODE, by label; what it says is used is not read: use follows from what is placed. BadInput BAD_NODES with the path of what is wrong. */
export function readNodes(body: unknown): Map<string, RequestedNode> {
  const { data } = checked(nodesBody, body, 'BAD_NODES');
  return limited(
    Object.entries(data).map(([label, it]) => [
      label,
      {
        name: it.node_name,
        mac: it.mac_address ?? it.MAC ?? null,
        cpu: it.cpu.capacity,
        memory: it.memory.capacity.rss,
        cores: (it.cores ?? it.processor)!.capacity,
        accelerators: Object.entries(it.accelerator).map(([id, found]) => ({
          id,
          type: (found.accelerator_type ?? found.type)!,
          capacity: found.capacity,
        })),
        labels: { 'kubernetes.io/hostname': it.node_name },
        taints: [],
        schedulable: true,
      },
    ]),
  );
}

/** Services of the body of ADD SERVICE, by label. BadInput BAD_SERVICES with the path of what is wrong. */
export function readServices(body: unknown): Map<string, RequestedService> {
  const { data } = checked(servicesBody, body, 'BAD_SERVICES');
  return limited(
    Object.entries(data).flatMap(([application, known]) =>
      Object.entries(known).map(([label, it]): [string, RequestedService] => [
        `${application}/${label}`,
        {
          name: it.service_name,
          application,
          number: it.service_id,
          image: it.image,
          cpu: (it.cpu_required ?? it.cpu)!,
          memory: (it.memory_required ?? it.memory)!.rss,
          cores: it.cores_required ?? it.processor ?? [],
          accelerators: it.accelerator_required ?? it.accelerator ?? {},
          sensitivity: it.sensitivity,
          replicas: it.replicas,
          ports: portsOf(it),
          next: [],
          node_selector: {},
          tolerations: [],
          spread: [],
          apart: [],
        },
      ]),
    ),
  );
}

/** A mapped port is reached under con_port; others are only opened. */
function portsOf({ ports, port_mapping: mapped }: z.output<typeof serviceBody>): RequestedService['ports'] {
  const open = ports.filter((it) => !mapped.some(({ phy_port: to }) => to === it));
  return [
    ...mapped.map(({ con_port, phy_port }) => ({ container_port: phy_port, service_port: con_port })),
    ...open.map((it) => ({ container_port: it, service_port: null })),
  ];
}

function limited<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  if (entries.length <= MAX_ENTRIES) return new Map(entries);
  throw new BadInput({
    code: 'TOO_MANY_ENTRIES',
    message: `${entries.length} entries are more than ${MAX_ENTRIES}; send several bodies`,
  });
}

function checked<T>(schema: z.ZodType<T>, body: unknown, code: string): T {
  const found = schema.safeParse(body);
  if (found.success) return found.data;
  const problems = found.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  const more = found.error.issues.length - problems.length;
  throw new BadInput({ code, message: `${problems.join('; ')}${more > 0 ? `; ${more} more` : ''}` });
}
