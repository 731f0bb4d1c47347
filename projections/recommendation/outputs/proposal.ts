/** What a container has and what it should have: the common input of every output. */
import type { AdviceColumn } from '../tables.ts';
import type { Thresholds } from './thresholds.ts';

/** Requests and limits, cores and bytes; null where none is set or advised. */
export interface Amounts {
  readonly cpu_request: number | null;
  readonly cpu_limit: number | null;
  readonly memory_request: number | null;
  readonly memory_limit: number | null;
}

/** One container: now and as advised. */
export interface Proposal {
  readonly recommendation_id: string;
  readonly cluster_id: string;
  /** Name of the cluster for people, where it has one. */
  readonly cluster_alias: string | null;
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
  readonly container: string;
  /** Term whose advice it is; null when no term has any. */
  readonly term: TermChoice | null;
  /** Name of the engine whose advice it is. */
  readonly engine: string;
  /** Most pods at once in that term; null when it is not known. */
  readonly pods: number | null;
  readonly current: Amounts;
  readonly advised: Amounts;
  /** Notification codes, sorted. */
  readonly notifications: readonly number[];
  /** What its policy calls severe; KRR's thresholds when absent. */
  readonly thresholds?: Thresholds;
}

/** Names of the four amounts. */
export const amountNames = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;

/** Terms, the longest first: it has seen most. */
export const termChoices = ['long', 'medium', 'short'] as const;
/** A term. */
export type TermChoice = (typeof termChoices)[number];
const kruizeEngines = ['cost', 'performance'] as const;
type KruizeEngine = (typeof kruizeEngines)[number];

/** Whose advice: that of the engine that the policy chose, or of one of Kruize's. */
export const engineChoices = ['policy', 'cost', 'performance'] as const;
/** A choice. */
export type EngineChoice = (typeof engineChoices)[number];

/** A row of the read model `recommendations`, as far as outputs read it. */
export type RecommendationRow = Readonly<Record<string, unknown>>;

/** Columns that {@link proposalOf} reads. */
export const proposalColumns: readonly string[] = [
  ...['recommendation_id', 'cluster_id', 'cluster_alias', 'namespace', 'workload_type', 'workload'],
  ...['container', 'notifications', 'document', 'engine', 'policy_values'],
  ...amountNames.map((name) => `proposed_${name}`),
  ...['cpu_request_current', 'cpu_limit_current', 'memory_request_current', 'memory_limit_current'],
  ...termChoices.flatMap((term) =>
    kruizeEngines.flatMap((engine) => amountNames.map((name) => adviceColumn(term, engine, name))),
  ),
];

/**
 * The proposal of a row: of the engine that its policy chose, or of one of Kruize's; of this term or of the longest that has advice.
 * Engines other than Kruize's have no terms: they look at windows of their own.
 */
export function proposalOf(row: RecommendationRow, choice: EngineChoice, wanted?: TermChoice): Proposal {
  const chosen = choice === 'policy' ? String(row['engine'] ?? 'cost') : choice;
  const kruize = kruizeEngines.find((name) => name === chosen);
  const engine = kruize ?? 'cost';
  const text = (name: string): string => String(row[name] as string);
  const terms = wanted === undefined ? termChoices : [wanted];
  const term = terms.find((one) => amountNames.some((name) => row[adviceColumn(one, engine, name)] !== null));
  return {
    recommendation_id: text('recommendation_id'),
    cluster_id: text('cluster_id'),
    cluster_alias: (row['cluster_alias'] ?? null) as string | null,
    namespace: text('namespace'),
    workload_type: text('workload_type'),
    workload: text('workload'),
    container: text('container'),
    term: term ?? null,
    engine: chosen,
    pods: term === undefined ? null : podsOf(row['document'], term, engine),
    current: amountsOf((name) => row[`${name}_current`]),
    advised: amountsOf((name) => {
      const proposed = row[`proposed_${name}`];
      if (kruize === undefined || (choice === 'policy' && wanted === undefined && proposed !== undefined))
        return proposed;
      return term === undefined ? null : row[adviceColumn(term, engine, name)];
    }),
    notifications: row['notifications'] as readonly number[],
    ...thresholdsOf(row['policy_values']),
  };
}

/** What the policy of the row calls severe. */
function thresholdsOf(values: unknown): Pick<Proposal, 'thresholds'> {
  const thresholds = (values as { readonly severity?: Thresholds } | null | undefined)?.severity;
  return thresholds === undefined ? {} : { thresholds };
}

/** Order of outputs: by what a container is, never by when it came. */
export function compareProposals(a: Proposal, b: Proposal): number {
  for (const name of ['cluster_id', 'namespace', 'workload_type', 'workload', 'container'] as const) {
    if (a[name] !== b[name]) return a[name] < b[name] ? -1 : 1;
  }
  return 0;
}

function adviceColumn(term: TermChoice, engine: KruizeEngine, name: keyof Amounts): AdviceColumn {
  return `${term}_${engine}_${name}`;
}

function amountsOf(read: (name: keyof Amounts) => unknown): Amounts {
  const amount = (name: keyof Amounts): number | null => {
    const value = read(name);
    return typeof value === 'number' ? value : null;
  };
  return {
    cpu_request: amount('cpu_request'),
    cpu_limit: amount('cpu_limit'),
    memory_request: amount('memory_request'),
    memory_limit: amount('memory_limit'),
  };
}

interface Document {
  readonly data?: Readonly<
    Record<
      string,
      {
        readonly recommendation_terms?: Readonly<
          Record<
            string,
            {
              readonly recommendation_engines?: Readonly<
                Record<string, { readonly pods_count?: number } | undefined>
              >;
            }
          >
        >;
      }
    >
  >;
}

function podsOf(document: unknown, term: TermChoice, engine: KruizeEngine): number | null {
  const [entry] = Object.values((document as Document | null)?.data ?? {});
  return entry?.recommendation_terms?.[`${term}_term`]?.recommendation_engines?.[engine]?.pods_count ?? null;
}
