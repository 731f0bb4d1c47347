import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawInto, drawTopology } from '../../../../streams/runtime/topology/draw.ts';
import { loadTopology } from '../../../../streams/runtime/topology/load.ts';

const { topology } = loadTopology(readFileSync(join(import.meta.dirname, 'sound.yaml'), 'utf8'));

describe('draw', () => {
  it('draws topics, units, tables and connectors that write', () => {
    expect(drawTopology(topology)).toMatchInlineSnapshot(`
      "flowchart LR
        c_http{{http}}
        t_orders([orders])
        t_refusals([refusals])
        u_check_orders[check-orders]
        u_customers[[customers]]
        d_customers[(customers<br/>order_lines)]
        c_http --> t_orders
        t_orders --> u_check_orders
        u_check_orders --> t_orders
        u_check_orders --> t_refusals
        t_orders --> u_customers
        t_refusals --> u_customers
        u_customers -.-> d_customers"
    `);
  });

  it('replaces what is between the markers, and then finds it fresh', () => {
    const readme = 'Above\n<!-- topology:begin -->\nold\n<!-- topology:end -->\nBelow\n';
    const first = drawInto(readme, topology);
    expect(first.fresh).toBe(false);
    expect(first.text).toMatch(/^Above\n<!-- topology:begin -->\n\n```mermaid\nflowchart LR\n/);
    expect(first.text).toMatch(/\n```\n\n<!-- topology:end -->\nBelow\n$/);
    expect(drawInto(first.text, topology)).toEqual({ text: first.text, fresh: true });
  });

  it('asks for markers', () => {
    expect(() => drawInto('nothing', topology)).toThrow(/README\.md has no <!-- topology:begin -->/);
  });
});
