/** A small system in code, which sound.yaml describes. */
import type { Code, TableCode } from '../../../../streams/runtime/topology/code.ts';

function tableOf(comment: string, column = 'Who ordered.'): TableCode {
  return { comment, columns: { customer: { comment: column } } };
}

/** A schema with one field. */
export function schema(name: string): { context: string; avro: string } {
  const fields = [{ name: 'customer', type: 'string', doc: 'Who ordered.' }];
  return { context: 'sales', avro: JSON.stringify({ type: 'record', name, doc: `${name}.`, fields }) };
}

/** The code that sound.yaml is sound with. */
export const sales: Code = {
  streams: [{ id: 'check-orders', from: ['orders'], to: ['orders', 'refusals'], on: { OrderPlaced: null } }],
  projections: [
    {
      id: 'customers',
      from: ['orders', 'refusals'],
      emits: [],
      tables: { customers: tableOf('One row per customer.'), order_lines: tableOf('One row per line.') },
      fold: { OrderChecked: null, OrderRefused: null },
    },
  ],
  eventSchemas: {
    OrderPlaced: schema('OrderPlaced'),
    OrderChecked: schema('OrderChecked'),
    OrderRefused: schema('OrderRefused'),
  },
  topics: ['orders', 'refusals'],
  files: [
    'streams/sales/check-orders.stream.ts',
    'streams/sales/prices.ts',
    'streams/runtime/define.ts',
    'projections/sales/customers.projection.ts',
    'connectors/http/server.ts',
  ],
};

/** The same with slips that only the code can have. */
export const careless: Code = {
  ...sales,
  streams: [{ ...sales.streams[0]!, on: { OrderRefused: null } }],
  projections: [
    {
      ...sales.projections[0]!,
      tables: { customers: tableOf(''), order_lines: tableOf('One row per line.', ' ') },
    },
  ],
  eventSchemas: {
    ...sales.eventSchemas,
    OrderPlaced: {
      context: 'sales',
      avro: JSON.stringify({
        type: 'record',
        name: 'OrderPlaced',
        fields: [
          { name: 'customer', type: 'string', doc: ' ' },
          {
            name: 'lines',
            doc: 'Lines.',
            type: {
              type: 'array',
              items: {
                type: 'record',
                name: 'Line',
                doc: 'A line.',
                fields: [{ name: 'item', type: 'string' }],
              },
            },
          },
        ],
      }),
    },
    OrderForgotten: schema('OrderForgotten'),
  },
  topics: [...sales.topics, 'parcels'],
  files: [...sales.files, 'streams/sales/forgotten.stream.ts', 'projections/sales/forgotten.projection.ts'],
};
