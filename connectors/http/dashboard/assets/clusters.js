/** Clusters: which there are. */
import { get } from './api.js';
import { h } from './dom.js';
import { copyable, empty, head } from './parts.js';

const example = `curl -X PUT ${location.origin}/api/rightstream/v1/clusters/edge/nodes -H 'content-type: application/json' \\
  -d '{"nodes": [{"name": "pi-1", "cpu": 4000, "memory": 4096}]}'
curl -X PUT ${location.origin}/api/rightstream/v1/clusters/edge/services -H 'content-type: application/json' \\
  -d '{"services": [{"name": "web", "cpu": 500, "memory": 256, "replicas": 3}]}'`;

/** @param {any} _context */
export async function clustersPage(_context) {
  const { data } = await get('/api/rightstream/v1/clusters');
  return [
    head('Clusters', 'Nodes, what they carry, and what would follow if they were others.'),
    h(
      'section',
      { class: 'panel' },
      data.length === 0
        ? empty(
            'No cluster has nodes or services',
            h('p', { class: 'soft' }, 'Declare some, and every replica gets a place on a node:'),
            copyable(example, 'commands'),
          )
        : h(
            'table',
            null,
            h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Cluster'))),
            h(
              'tbody',
              null,
              data.map(({ name }) =>
                h(
                  'tr',
                  null,
                  h(
                    'td',
                    null,
                    h('a', { class: 'title', href: `#/clusters/${encodeURIComponent(name)}` }, name),
                  ),
                ),
              ),
            ),
          ),
    ),
  ];
}
