/** The topics by name; topology.yaml says what each is for. */
export const topics = {
  /** Uploads and the reports in them, keyed by organisation. */
  intake: 'intake',
  /** Rows that were set aside, keyed by organisation. */
  rejections: 'rejections',
  /** Usage of containers and namespaces, keyed by workload. */
  usage: 'usage',
  /** Recommendations, keyed like usage. */
  recommendations: 'recommendations',
  /** Experiments of the Kruize API: wishes, results, recommendations; keyed by organisation and experiment. */
  experiments: 'experiments',
  /** Performance profiles of the Kruize API, keyed by organisation. */
  performanceProfiles: 'performance-profiles',
  /** Nodes, services and where replicas have their place, keyed by organisation and cluster. */
  placement: 'placement',
  /** Which workloads are to have other resources: wishes, facts, decisions, outcomes; keyed by organisation and cluster. */
  resizing: 'resizing',
  /** Policies of engines: wishes and answers, keyed by organisation. */
  policies: 'policies',
  /** All policies of an organisation after each change, written to every partition. */
  policiesInForce: 'policies-in-force',
  /** Time that has passed; written to every partition. */
  ticks: 'ticks',
  /** How long rows are kept, and what has expired; written to every partition. */
  retention: 'retention',
  /** What was set aside by units and what became of it, keyed by unit. */
  deadLetters: 'dead-letters',
} as const;

/** Name of a topic. */
export type Topic = (typeof topics)[keyof typeof topics];
