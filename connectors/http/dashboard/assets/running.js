/** What really runs in a cluster, as it was seen there: nodes, pods, and objects that could not be applied. */
import { get } from './api.js';
import { h } from './dom.js';
import { count } from './format.js';
import { badge } from './parts.js';

/** Rows of a table of one cluster. */
async function rows(table, cluster) {
  const { data } = await get(`/tables/${table}`, { where: `cluster_id:eq:${cluster}`, limit: 1000 });
  return data;
}

/** @param {string} cluster */
export async function running(cluster) {
  const [nodes, pods, objects] = await Promise.all(
    ['observed_nodes', 'pods', 'objects'].map((table) => rows(table, cluster)),
  );
  return { nodes, pods, objects };
}

/** How nodes do, by name; nothing of those that no cluster has shown. @param {{nodes: any[]}} live */
export function nodeStates({ nodes }) {
  return new Map(
    nodes.map((node) => {
      const why = node.message ?? node.reason ?? '';
      if (node.gone) return [node.name, { text: 'not in the cluster', tone: 'bad', why }];
      if (node.lost) return [node.name, { text: 'lost', tone: 'bad', why }];
      if (!node.ready) return [node.name, { text: 'not ready', tone: 'bad', why }];
      if (node.unschedulable) return [node.name, { text: 'cordoned', tone: 'warn', why }];
      return [node.name, { text: 'ready', tone: 'good', why }];
    }),
  );
}

/**
 * How each service does, as a function of the service; null when nothing was applied or seen.
 * @param {{pods: any[], objects: any[]}} live
 */
export function serviceStates({ pods, objects }) {
  if (pods.length === 0 && objects.length === 0) return null;
  return ({ name, placed }) => {
    const here = pods.filter(({ service }) => service === name);
    const failed = objects.filter(({ service, state }) => service === name && state !== 'applied');
    const ready = here.filter((pod) => pod.ready).length;
    const trouble = [
      ...failed.map(({ kind, state, code, message }) => [`${kind} ${state}`, message ?? code]),
      ...here
        .filter((pod) => pod.reason !== null)
        .map(({ pod, reason, message }) => [reason, message ?? pod]),
    ];
    const applied = objects.some(({ service }) => service === name);
    return [
      here.length === 0 && !applied
        ? badge('not applied yet', 'plain')
        : badge(`${count(ready)} of ${count(placed)} ready`, ready === placed ? 'good' : 'busy'),
      trouble
        .slice(0, 3)
        .map(([what, why]) => h('span', { class: 'under' }, badge(what, 'bad'), why && ` ${why}`)),
      trouble.length > 3 && h('span', { class: 'under' }, `and ${count(trouble.length - 3)} more`),
    ];
  };
}
