/** Bodies of this product's own API: nodes, services and how places are chosen. */
import { z } from 'zod';
import type { RequestedNode, RequestedService } from '../../../../schemas/generated/events.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { checkedBody, text } from './body.ts';

const amount = z.int().min(0).max(1_000_000_000);
const percent = z.int().min(0).max(100);
const labels = z.record(text, z.string().max(253)).default({});
const effect = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

const node = z.strictObject({
  name: text,
  mac: text.nullable().default(null),
  cpu: amount.min(1),
  memory: amount.min(1),
  cores: z.array(percent).min(1).max(1_024).optional(),
  accelerators: z
    .array(z.strictObject({ id: text, type: text, capacity: percent.default(100) }))
    .max(64)
    .default([]),
  labels,
  taints: z
    .array(z.strictObject({ key: text, value: z.string().max(253).nullable().default(null), effect }))
    .max(64)
    .default([]),
  schedulable: z.boolean().default(true),
});

const port = z.int().min(1).max(65_535);
const service = z.strictObject({
  name: text,
  application: text.default('default'),
  number: text.nullable().default(null),
  image: z.string().max(1_000).default(''),
  cpu: amount,
  memory: amount,
  cores: z.array(percent).max(1_024).default([]),
  accelerators: z.record(text, percent).default({}),
  sensitivity: z.int().min(0).max(3).default(0),
  replicas: z.int().min(0).max(10_000),
  ports: z
    .array(z.strictObject({ container_port: port, service_port: port.nullable().default(null) }))
    .max(100)
    .default([]),
  next: z.array(text).max(100).default([]),
  node_selector: labels,
  tolerations: z
    .array(
      z.strictObject({
        key: text.nullable().default(null),
        operator: z.enum(['Equal', 'Exists']).default('Equal'),
        value: z.string().max(253).nullable().default(null),
        effect: effect.nullable().default(null),
      }),
    )
    .max(64)
    .default([]),
  spread: z
    .array(
      z.strictObject({
        topology_key: text,
        max_skew: z.int().min(1).max(1_000).default(1),
        required: z.boolean().default(true),
      }),
    )
    .max(8)
    .default([]),
  apart: z
    .array(z.strictObject({ service: text, topology_key: text.default('kubernetes.io/hostname') }))
    .max(64)
    .default([]),
});

const nodesBody = z.strictObject({ nodes: z.array(node).min(1).max(1_000) });
const servicesBody = z.strictObject({ services: z.array(service).min(1).max(1_000) });
const changesBody = z.strictObject({
  services: z
    .array(z.looseObject({ name: text }))
    .min(1)
    .max(1_000),
});
const placingBody = z.strictObject({
  running: z.boolean().optional(),
  strategy: text.optional(),
  priority: z.int().min(0).max(2).optional(),
  balance: z.int().min(1).max(1_000).optional(),
  binding: z.enum(['placer', 'scheduler']).optional(),
  drift: z.enum(['put-back', 'adopt']).optional(),
  not_ready_seconds: z.int().min(0).max(86_400).optional(),
});

/** Nodes; cores that are not given are as many as there are whole thousands of millicores. */
export function readNodesBody(body: unknown): RequestedNode[] {
  return checkedBody(nodesBody, body).nodes.map((it) => ({
    ...it,
    cores:
      it.cores ?? Array.from({ length: Math.min(1_024, Math.max(1, Math.floor(it.cpu / 1000))) }, () => 100),
    labels: { 'kubernetes.io/hostname': it.name, ...it.labels },
  }));
}

/** Services. */
export function readServicesBody(body: unknown): RequestedService[] {
  return checkedBody(servicesBody, body).services;
}

/** What is to change about how places are chosen. */
export function readPlacingBody(body: unknown): z.output<typeof placingBody> {
  return checkedBody(placingBody, body);
}

/** Services of which only what is to change is named; the rest stays as it is in `known`. One that is not there: BadInput UNKNOWN_SERVICE. */
export function readServiceChanges(
  body: unknown,
  known: readonly Readonly<Record<string, unknown>>[],
): RequestedService[] {
  const { services } = checkedBody(changesBody, body);
  const byName = new Map(known.map((row) => [row['name'], row]));
  const whole = services.map((change) => {
    const row = byName.get(change.name);
    if (row === undefined)
      throw new BadInput({
        code: 'UNKNOWN_SERVICE',
        message: `there is no service ${change.name} in this cluster; declare it whole first`,
      });
    const now = Object.keys(service.shape).filter((field) => field in row);
    return { ...Object.fromEntries(now.map((field) => [field, row[field]])), ...change };
  });
  return readServicesBody({ services: whole });
}
