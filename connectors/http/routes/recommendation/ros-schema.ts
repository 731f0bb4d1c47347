/** What the OpenAPI document says about the ROS API. Its parameters are read by hand: see list-query.ts and list-page.ts. */
import { maxLimit, orders } from './list-page.ts';
import { workloadTypes } from './list-query.ts';
import { cpuUnits, memoryUnits } from './units.ts';
import type { Kind } from './ros-read.ts';

type Json = Readonly<Record<string, unknown>>;

const filters: Readonly<Record<string, string>> = {
  cluster: 'UUID of a cluster, or a part of its alias.',
  project: 'Part of the namespace.',
  workload: 'Part of the name of the workload.',
  container: 'Part of the name of the container.',
  workload_type: `One of ${workloadTypes.join(', ')}.`,
};

/** Parameters of a list. */
export function listQuery(kind: Kind): Json {
  return { type: 'object', properties: properties(kind) };
}

function properties(kind: Kind) {
  const names = kind === 'container' ? Object.keys(filters) : ['cluster', 'project'];
  const many = (description: string): Json => ({
    type: 'array',
    maxItems: 5,
    items: { type: 'string' },
    description,
  });
  return {
    ...Object.fromEntries(
      names.flatMap((name) => [
        [name, many(`${filters[name]} Repeats are OR-ed.`)],
        [`filter[exact:${name}]`, many(`Exactly this ${name}. Repeats are OR-ed.`)],
        [`exclude[${name}]`, many(`Not this ${name}. Repeats are AND-ed.`)],
      ]),
    ),
    start_date: day('First day of the report end; the first of the current month (UTC) when absent.'),
    end_date: day('Last day of the report end.'),
    limit: {
      type: 'integer',
      default: 10,
      minimum: -1,
      description: `Rows of a page; -1 and more than ${maxLimit} mean ${maxLimit}, 0 counts only.`,
    },
    offset: { type: 'integer', default: 0, minimum: 0 },
    order_by: { type: 'string', enum: Object.keys(orders[kind]), default: 'last_reported' },
    order_how: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
    format: {
      type: 'string',
      enum: ['json', 'csv'],
      default: 'json',
      description:
        'The header Accept wins when it is exactly text/csv or application/json. CSV has up to 1,000 recommendations whatever ' +
        '`limit` is; the header Link leads to those after `offset` + 1,000.',
    },
    ...units('bytes'),
  };
}

/** Parameters of a detail. */
export function detailQuery(kind: Kind): Json {
  return { type: 'object', properties: units(kind === 'container' ? 'MiB' : 'bytes') };
}

/** Parameters of a history. */
export function historyQuery(kind: Kind): Json {
  const { start_date, end_date, limit, offset } = properties(kind);
  return {
    type: 'object',
    properties: {
      start_date: { ...start_date, description: 'First day of the report end; all when absent.' },
      end_date,
      limit,
      offset,
      ...units(kind === 'container' ? 'MiB' : 'bytes'),
    },
  };
}

/** Names of the parameters of a route. */
export function namesOf(query: Json): string[] {
  return Object.keys(query['properties'] as Json);
}

/** Answers of all. */
export const rosResponses: Json = {
  200: { description: 'Recommendations.', type: 'object', additionalProperties: true },
  400: { description: 'A parameter cannot be read; the message says which.', $ref: 'Error#' },
  401: {
    description: 'No identity that can be read.',
    type: 'object',
    properties: { message: { type: 'string' } },
  },
  404: { description: 'No such recommendation in this organisation.', $ref: 'Error#' },
  406: { description: 'The header Accept rules out what is sent here.', $ref: 'Error#' },
  503: { description: 'The database is away.', $ref: 'Error#' },
};

function units(memory: string): Json {
  return {
    'cpu-unit': { type: 'string', enum: cpuUnits, default: 'cores' },
    'memory-unit': { type: 'string', enum: memoryUnits, default: memory },
    'true-units': {
      type: 'boolean',
      default: false,
      description: 'true: formats are unit names; false: the suffixes of Kubernetes.',
    },
  };
}

function day(description: string): Json {
  return { type: 'string', format: 'date', description };
}
