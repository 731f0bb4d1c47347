/** Compares recommendations in the tables with the oracle's, value by value, without the engine's code. */
import type { Pool } from 'pg';
import { compare } from '../conformance/kruize/compare.ts';
import { kruizeOracle, withCodes } from '../support/kruize-oracle.ts';
import type { SampledContainer } from './scale-data.ts';

const SHOWN = 10;

/** A sentence about what was compared; throws with the first differences when there are any. */
export async function checkRecommendations(
  pool: Pool,
  org: string,
  sampled: readonly SampledContainer[],
  all: number,
  end: number,
): Promise<string> {
  const differences: string[] = [];
  let values = 0;
  for (const { cluster, namespace, workload, container, rows } of sampled) {
    const found = await pool.query<{ document: string }>({
      name: 'scale-check',
      text: `SELECT document::text AS document FROM public.recommendations
        WHERE org_id = $1 AND cluster_id = $2 AND namespace = $3 AND workload = $4 AND container = $5`,
      values: [org, cluster, namespace, workload, container],
    });
    const document: unknown =
      found.rows.length === 1 ? JSON.parse(found.rows[0]!.document) : found.rows.length;
    const result = compare(kruizeOracle(rows, end), withCodes(document));
    values += result.values;
    differences.push(
      ...result.differences.map((text) => `${cluster}/${namespace}/${workload}/${container}${text}`),
    );
  }
  const which =
    sampled.length === all ? 'every container' : `${sampled.length} of ${all} containers, drawn by seed`;
  if (differences.length > 0) {
    throw new Error(
      `${differences.length} of ${values} values differ from the oracle (${which}):\n${differences.slice(0, SHOWN).join('\n')}`,
    );
  }
  return `scale-plan: checked: ${which}, three terms × two engines with plots, ${values.toLocaleString('en-US')} values, 0 differences from the oracle`;
}
