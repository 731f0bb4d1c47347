/** What a cluster shall be, from the tables. */
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import type { RegisteredNode, RegisteredService } from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import { rowsOf } from '../http/routes/placement/state.ts';
import type { Fields } from '../http/routes/placement/state.ts';
import type { DesiredCluster, DesiredPlacing, DesiredReplica } from '../kubernetes/desired.ts';
import { atOneMoment } from '../postgres/moment.ts';
import type { App } from './app.ts';

const PROJECTION = 'placement';

/** The desired state of a cluster with the position that it is of, read at one moment. A cluster that nobody declared is empty. */
export async function readDesired(
  app: Pick<App, 'pool' | 'log' | 'units'>,
  org: string,
  cluster: string,
): Promise<DesiredCluster> {
  const set = tableSetOf(app.units.projections.find(({ id }) => id === PROJECTION)!);
  const partition = partitionOf(recordKey(org, cluster), (await app.log.ends(topics.placement)).length);
  const whose = { set, projection: PROJECTION, partition };
  return atOneMoment(app.pool, whose, async ({ readModels, positions }) => {
    const [placing] = await readModels.select({
      ...{ table: 'placing', org, where: [{ column: 'cluster_id', op: 'eq', value: cluster }], limit: 1 },
    });
    const rows = (table: 'nodes' | 'services' | 'replicas') => rowsOf({ readModels }, table, org, cluster);
    return {
      ...{ org, cluster, position: positions[topics.placement] ?? 0 },
      decisions: Number(placing?.['decisions'] ?? 0),
      placing: placingOf(placing ?? {}),
      nodes: (await rows('nodes')) as unknown as RegisteredNode[],
      services: (await rows('services')) as unknown as RegisteredService[],
      replicas: (await rows('replicas')).map(replicaOf),
    };
  });
}

/** How a cluster is kept, where nothing is said: the placer decides, and hand edits are put back. */
function placingOf({ binding, drift }: Fields): DesiredPlacing {
  return {
    binding: binding === 'scheduler' ? 'scheduler' : 'placer',
    drift: drift === 'adopt' ? 'adopt' : 'put-back',
  };
}

function replicaOf(row: Fields): DesiredReplica {
  return {
    service: String(row['service']),
    replica: Number(row['replica']),
    node: String(row['node']),
    cpu: Number(row['cpu']),
    memory: Number(row['memory']),
  };
}
