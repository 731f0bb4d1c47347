// Generated from schemas/**/*.avsc by `npm run generate`; do not edit.

/** A cluster of a source that is gone: what it reported is removed; what it reports from now on counts anew. */
export interface ClusterRemoved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Source of the platform that is gone. */
  readonly source_id: string;
}

/** How often one reason occurred. */
export interface RejectionCount {
  /** Stable code. */
  readonly code: string;
  /** Rows rejected for it. */
  readonly count: number;
}

/** A report was read to its end (or refused as a whole): the account of its rows. */
export interface ReportRead {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report. */
  readonly digest: string;
  /** File name, for people. */
  readonly name: string;
  /** container or namespace. */
  readonly kind: string;
  /** Position of the file in the upload, from 0. */
  readonly position: number;
  /** Why the whole file was refused, as a stable code; null when it was read. */
  readonly code: string | null;
  /** The same for people. */
  readonly message: string | null;
  /** Data rows in the file. */
  readonly rows: number;
  /** Rows that became usage. */
  readonly accepted: number;
  /** Rows that were set aside with a reason. */
  readonly rejected: number;
  /** Exact counts by reason, sorted by code. */
  readonly reasons: readonly RejectionCount[];
  /** Distinct (container or namespace, interval) groups after merging. */
  readonly groups: number;
  /** Distinct workloads (or namespaces). */
  readonly workloads: number;
  /** Earliest interval start among accepted rows. */
  readonly first_interval_start: number | null;
  /** Latest interval end among accepted rows. */
  readonly last_interval_end: number | null;
}

/** One row and why. */
export interface RejectedRow {
  /** Data row, from 1; the header is row 0. */
  readonly row: number;
  /** Column at fault, when there is one. */
  readonly column: string | null;
  /** Why, as a stable code. */
  readonly code: string;
  /** The same for people. */
  readonly message: string;
  /** The start of the row, at most 200 characters. */
  readonly excerpt: string;
}

/** Rows of one report that were set aside; the first 1,000 per file and code. */
export interface RowsRejected {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report. */
  readonly digest: string;
  /** File name, for people. */
  readonly name: string;
  /** container or namespace. */
  readonly kind: string;
  /** The rows in file order. */
  readonly rows: readonly RejectedRow[];
}

/** The platform gave up cost management of a source: what its clusters reported is to be removed. */
export interface SourceApplicationDestroyed {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Source of the platform that is gone. */
  readonly source_id: string;
  /** Application of the source, as the platform numbers it. */
  readonly application_id: string;
  /** Its type: the one of cost management. */
  readonly application_type_id: string;
}

/** What manifest.json says of the payload. */
export interface Manifest {
  /** Payload identity; split payloads share it. */
  readonly uuid: string;
  /** Cluster that made the payload; lower case. */
  readonly cluster_id: string;
  /** When the payload was made. */
  readonly date: number;
  /** Version of the program that made it. */
  readonly version: string | null;
  /** First moment covered. */
  readonly start: number | null;
  /** Last moment covered. */
  readonly end: number | null;
}

/** One member of the upload that may be a report. */
export interface UploadedFile {
  /** Member name, or the file name for a bare file; shown, never used as a path. */
  readonly name: string;
  /** Position of the member in the archive, from 0; null for a bare file. */
  readonly member: number | null;
  /** container or namespace (by the header line), or other: not a usage report. */
  readonly kind: string;
  /** sha256 (hex) of the uncompressed bytes; empty when they were not read. */
  readonly digest: string;
  /** Uncompressed bytes. */
  readonly size: number;
  /** Why the file will not be read, as a stable code. */
  readonly code: string | null;
  /** The same for people, with the next step. */
  readonly message: string | null;
}

/** An upload was read through once: what is in it, and what of it can be read. */
export interface UploadOpened {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** sha256 (hex) of the stored bytes. */
  readonly digest: string;
  /** archive (tar.gz) or csv, or gzip (one compressed CSV). */
  readonly format: string;
  /** The manifest; null for a bare file. */
  readonly manifest: Manifest | null;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Name of the cluster for people. */
  readonly cluster_alias: string | null;
  /** Source of the cluster. */
  readonly source_id: string | null;
  /** Every listed or found file, in archive order. */
  readonly files: readonly UploadedFile[];
}

/** Bytes were accepted and stored; the answer 202 stands for this event. */
export interface UploadReceived {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Request id of the client, or one that was assigned; one request has one effect. */
  readonly request_id: string;
  /** Account number of the identity, when it has one. */
  readonly account: string | null;
  /** How it came: http or cli. */
  readonly channel: string;
  /** Name that the client gave the file; shown, never used as a path. */
  readonly filename: string;
  /** sha256 (hex) of the stored bytes; names the blob together with the organisation. */
  readonly digest: string;
  /** Stored bytes. */
  readonly size: number;
  /** Content type that the client declared. */
  readonly media_type: string;
  /** Source that the client named, for files that do not say it themselves. */
  readonly source_id: string | null;
  /** Cluster that the client named, for bare CSV files; lower case. */
  readonly cluster_id: string | null;
  /** Name of the cluster for people, when the client gave one. */
  readonly cluster_alias: string | null;
  /** When the bytes were stored, by the clock of the receiver. */
  readonly received_at: number;
}

/** An upload cannot be read at all; nothing of it has an effect. */
export interface UploadRefused {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** sha256 (hex) of the stored bytes. */
  readonly digest: string;
  /** Why, as a stable code. */
  readonly code: string;
  /** The same for people, with the coordinates and the next step. */
  readonly message: string;
}

/** A report that was not seen before is to be read. */
export interface UsageReportFound {
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report. */
  readonly digest: string;
  /** File name, for people. */
  readonly name: string;
  /** container or namespace. */
  readonly kind: string;
  /** Position of the file in the upload, from 0. */
  readonly position: number;
  /** Name of the cluster for people. */
  readonly cluster_alias: string | null;
  /** Source of the cluster. */
  readonly source_id: string | null;
  /** sha256 (hex) of the stored upload that contains the report. */
  readonly blob: string;
  /** archive, csv or gzip: how to get from the blob to the report. */
  readonly format: string;
  /** Position of the member in the archive, from 0. */
  readonly member: number | null;
  /** Uncompressed bytes. */
  readonly size: number;
  /** Payload uuid, or the digest for a bare file: files of one payload add up, others replace each other. */
  readonly payload: string;
  /** Date of the payload; of two that overlap the later wins. 0 for bare files: the oldest. */
  readonly payload_date: number;
}

/** A report that was found before in the same cluster; it has no second effect. */
export interface UsageReportRepeated {
  /** Upload that repeats it. */
  readonly upload_id: string;
  /** Organisation that owns the data. */
  readonly org_id: string;
  /** Cluster that was observed. */
  readonly cluster_id: string;
  /** sha256 (hex) of the uncompressed bytes. */
  readonly digest: string;
  /** Position of the file in the upload, from 0. */
  readonly position: number;
  /** Upload that brought it first. */
  readonly first_upload_id: string;
}

/** Rows of one partition that are older than a time are removed, and what is that old counts no more. */
export interface HistoryExpired {
  /** Which rows, see schemas/retention.ts. */
  readonly rows_of: string;
  /** Start of the first UTC day that is kept. */
  readonly before: number;
}

/** A unit set a record aside for good, with the reason; later records go on. */
export interface RecordDied {
  /** Stream or projection that could not process it. */
  readonly unit: string;
  /** Topic of the record. */
  readonly topic: string;
  /** Partition of the record. */
  readonly partition: number;
  /** Offset of the record. */
  readonly offset: number;
  /** Id of the event, as far as it could be read. */
  readonly event_id: string;
  /** Type of the event, as far as it could be read. */
  readonly event_type: string;
  /** Organisation, from the headers; empty when unknown. */
  readonly org_id: string;
  /** Key of the record. */
  readonly key: string | null;
  /** Why, as a stable code. */
  readonly code: string;
  /** The same for people, with coordinates and the next step. */
  readonly message: string;
  /** Headers of the record. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the record; null when they were too large or a tombstone. */
  readonly value: Buffer | null;
}

/** A dead record was given up on purpose: it counts as dead no longer. */
export interface RecordDiscarded {
  /** Unit that set it aside. */
  readonly unit: string;
  /** Topic of the dead record. */
  readonly topic: string;
  /** Partition of the dead record. */
  readonly partition: number;
  /** Offset of the dead record. */
  readonly offset: number;
  /** How often it had been redriven. */
  readonly attempt: number;
  /** Who gave it up. */
  readonly by: string;
  /** Machine from which it was asked for. */
  readonly host: string;
  /** Why, as the person put it. */
  readonly reason: string;
}

/** A dead record, or an edited copy of it, was handed to the retry topic of its unit. */
export interface RecordRedriven {
  /** Unit that gets it again. */
  readonly unit: string;
  /** Topic of the dead record. */
  readonly topic: string;
  /** Partition of the dead record. */
  readonly partition: number;
  /** Offset of the dead record. */
  readonly offset: number;
  /** How often it was redriven, from 1. */
  readonly attempt: number;
  /** Who asked for it. */
  readonly by: string;
  /** An edited copy was handed in, not the record itself. */
  readonly edited: boolean;
  /** Id of the event that was handed in; of an edited copy its own. */
  readonly event_id: string;
  /** sha256 of the bytes that were handed in, hexadecimal. */
  readonly value_sha256: string;
  /** Machine from which it was asked for. */
  readonly host: string;
  /** Why, as the person put it; empty when nothing was said. */
  readonly reason: string;
}

/** Written to every partition: how long rows are kept from now on. */
export interface RetentionSet {
  /** Which rows, see schemas/retention.ts; * for all that have no period of their own. */
  readonly rows_of: string;
  /** Days that they are kept; null takes the period back. */
  readonly days: number | null;
}

/** Time has passed: written to every partition once a minute, one and not a burst after a pause. */
export interface Ticked {
  /** Start of the minute. */
  readonly at: number;
}

/** A service was slowed by what shared its node, compared with what it does alone. */
export interface ContentionRaised {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service that was profiled. */
  readonly service: string;
  /** Plan that the run is of; empty: the profile is of logs that were made otherwise. */
  readonly plan: string;
  /** Run within the plan; empty as the plan. */
  readonly run: string;
  /** Median latency over the one alone. */
  readonly slowdown: number;
  /** First slow request of the log, from 0. */
  readonly from_request: number;
  /** First request after them; null: it lasted to the end of the log. */
  readonly to_request: number | null;
}

/** A Deployment is gone. */
export interface DeploymentGone {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Identity of the object. */
  readonly uid: string;
  /** Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more. */
  readonly resource_version: string | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** A Deployment of a service, as the cluster shows it. */
export interface DeploymentObserved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Node that it is for; null: the cluster chooses. */
  readonly node: string | null;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Identity of the object. */
  readonly uid: string;
  /** Version of the object; of two of one uid the higher one is newer. */
  readonly resource_version: string;
  /** Replicas that it wants. */
  readonly replicas: number;
  /** Pods of it that are ready. */
  readonly ready: number;
  /** Pods of it that follow its latest template. */
  readonly updated: number;
  /** The cluster has taken note of its latest version. */
  readonly settled: boolean;
  /** Stable code of what is wrong; null: nothing. */
  readonly reason: string | null;
  /** The same for people, with what to do next. */
  readonly message: string | null;
  /** Decision that it says that it follows from; null: none. */
  readonly decision: number | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** An object in the cluster was changed by somebody else. */
export interface DriftFound {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Kind of the object, such as Deployment. */
  readonly kind: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Service that it is for; null: none. */
  readonly service: string | null;
  /** Node that it is for; null: none. */
  readonly node: string | null;
  /** Last decision of the cluster that it follows from. */
  readonly decision: number;
  /** How far of the cluster had been read; of two outcomes the one with the higher position counts. */
  readonly position: number;
  /** Paths of the fields that differ. */
  readonly fields: readonly string[];
  /** put-back or adopted. */
  readonly action: string;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** What a service had to do at some time. */
export interface LoadReported {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** When it was measured. */
  readonly at: number;
  /** Requests/s that arrive. */
  readonly rate: number;
  /** Requests/s that one replica can handle, where it is measured. */
  readonly throughput: number | null;
  /** Requests that wait. */
  readonly queue: number | null;
  /** Requests/s that all ready replicas together finish. */
  readonly served: number | null;
  /** Replicas that are ready. */
  readonly replicas: number | null;
}

/** One resource of one quota. */
export interface ObservedQuota {
  /** ResourceQuota. */
  readonly name: string;
  /** requests.cpu, limits.cpu, requests.memory or limits.memory. */
  readonly resource: string;
  /** At most; millicores or bytes. */
  readonly hard: number;
  /** In use; millicores or bytes. */
  readonly used: number;
}

/** One resource of one rule. */
export interface ObservedRange {
  /** LimitRange. */
  readonly name: string;
  /** Container or Pod. */
  readonly type: string;
  /** cpu or memory. */
  readonly resource: string;
  /** At least; millicores or bytes. */
  readonly min: number | null;
  /** At most; millicores or bytes. */
  readonly max: number | null;
  /** Limit by request, at most. */
  readonly ratio: number | null;
}

/** Quotas and limit ranges of a namespace; said when they change. */
export interface NamespaceLimitsObserved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** What ResourceQuotas leave. */
  readonly quotas: readonly ObservedQuota[];
  /** Rules of LimitRanges. */
  readonly ranges: readonly ObservedRange[];
}

/** The cluster has no node of this name, or not any more. */
export interface NodeGone {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Name. */
  readonly node: string;
  /** Identity that it had; null: it was never seen. */
  readonly uid: string | null;
  /** Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more. */
  readonly resource_version: string | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** A node was not ready for too long: it takes nothing, and what it carries is placed elsewhere. */
export interface NodeLost {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Name. */
  readonly node: string;
  /** NODE_NOT_READY. */
  readonly reason: string;
  /** Not ready since. */
  readonly since: number;
  /** Seconds that it was given. */
  readonly not_ready_seconds: number;
  /** Time that this was decided for. */
  readonly at: number;
}

/** A taint as Kubernetes means it. */
export interface ObservedTaint {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string | null;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** A node of the cluster, as the cluster shows it. */
export interface NodeObserved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Name; the value of its label kubernetes.io/hostname where it has one. */
  readonly node: string;
  /** Identity of the object; another one is another node of the same name. */
  readonly uid: string;
  /** Version of the object; of two of one uid the higher one is newer. */
  readonly resource_version: string;
  /** When the object was made. */
  readonly created_at: number;
  /** Its condition Ready is true. */
  readonly ready: boolean;
  /** true: cordoned, it takes nothing new. */
  readonly unschedulable: boolean;
  /** Stable code of what is wrong; null: nothing. */
  readonly reason: string | null;
  /** The same for people, with what to do next. */
  readonly message: string | null;
  /** Millicores that pods may take; 0: not told. */
  readonly cpu: number;
  /** MB that pods may take; 0: not told. */
  readonly memory: number;
  /** Labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Taints. */
  readonly taints: readonly ObservedTaint[];
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** A lost node has been ready for long enough: it takes replicas again. */
export interface NodeRegained {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Name. */
  readonly node: string;
  /** Ready since. */
  readonly since: number;
  /** Seconds that were waited for. */
  readonly not_ready_seconds: number;
  /** Time that this was decided for. */
  readonly at: number;
}

/** A node that is forgotten. */
export interface ForgottenNode {
  /** Name. */
  readonly node: string;
  /** Gone since. */
  readonly since: number;
}

/** Nodes that went long ago and that nobody declares are remembered no longer, for too many have gone. */
export interface NodesForgotten {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Those that went first; at most 500. */
  readonly nodes: readonly ForgottenNode[];
  /** Time that this was decided for. */
  readonly at: number;
}

/** A device. */
export interface RegisteredAccelerator {
  /** Name of the device on its node. */
  readonly id: string;
  /** As services ask for it. */
  readonly type: string;
  /** Per cent that may be given away. */
  readonly capacity: number;
}

/** A taint as Kubernetes means it. */
export interface RegisteredTaint {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string | null;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** A node: what it can carry. */
export interface RegisteredNode {
  /** The value of its label kubernetes.io/hostname; unique within the cluster. */
  readonly name: string;
  /** Hardware address. */
  readonly mac: string | null;
  /** Millicores. */
  readonly cpu: number;
  /** Memory that may be resident, MB. */
  readonly memory: number;
  /** Per cent of each core that may be given away. */
  readonly cores: readonly number[];
  /** Devices. */
  readonly accelerators: readonly RegisteredAccelerator[];
  /** Labels, kubernetes.io/hostname included. */
  readonly labels: Readonly<Record<string, string>>;
  /** Taints. */
  readonly taints: readonly RegisteredTaint[];
  /** false: nothing new comes to it. */
  readonly schedulable: boolean;
}

/** What became of one node. */
export interface NodeOutcome {
  /** Its name. */
  readonly name: string;
  /** added, updated or unchanged. */
  readonly outcome: string;
}

/** Nodes count from here on. */
export interface NodesRegistered {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Nodes that are new or changed. */
  readonly nodes: readonly RegisteredNode[];
  /** Every node of the wish, in its order. */
  readonly outcomes: readonly NodeOutcome[];
}

/** Somebody wants nodes to be forgotten. */
export interface NodesRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Names; null: all. */
  readonly nodes: readonly string[] | null;
}

/** Nodes are gone. */
export interface NodesRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Names of those that were there. */
  readonly nodes: readonly string[];
  /** Names of the wish that were not there. */
  readonly missing: readonly string[];
}

/** A device. */
export interface RequestedAccelerator {
  /** Name of the device on its node. */
  readonly id: string;
  /** As services ask for it. */
  readonly type: string;
  /** Per cent that may be given away. */
  readonly capacity: number;
}

/** A taint as Kubernetes means it. */
export interface RequestedTaint {
  /** Key. */
  readonly key: string;
  /** Value. */
  readonly value: string | null;
  /** NoSchedule, PreferNoSchedule or NoExecute. */
  readonly effect: string;
}

/** A node: what it can carry. */
export interface RequestedNode {
  /** The value of its label kubernetes.io/hostname; unique within the cluster. */
  readonly name: string;
  /** Hardware address. */
  readonly mac: string | null;
  /** Millicores. */
  readonly cpu: number;
  /** Memory that may be resident, MB. */
  readonly memory: number;
  /** Per cent of each core that may be given away. */
  readonly cores: readonly number[];
  /** Devices. */
  readonly accelerators: readonly RequestedAccelerator[];
  /** Labels, kubernetes.io/hostname included. */
  readonly labels: Readonly<Record<string, string>>;
  /** Taints. */
  readonly taints: readonly RequestedTaint[];
  /** false: nothing new comes to it. */
  readonly schedulable: boolean;
}

/** Somebody wants nodes to be known, or known otherwise. */
export interface NodesRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Nodes; those that are known by name are changed. */
  readonly nodes: readonly RequestedNode[];
}

/** An object in the cluster is as it was decided. */
export interface ObjectApplied {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Kind of the object, such as Deployment. */
  readonly kind: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Service that it is for; null: none. */
  readonly service: string | null;
  /** Node that it is for; null: none. */
  readonly node: string | null;
  /** Last decision of the cluster that it follows from. */
  readonly decision: number;
  /** How far of the cluster had been read; of two outcomes the one with the higher position counts. */
  readonly position: number;
  /** created, configured or put-back. */
  readonly change: string;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** An object could not be applied or removed for now; it is tried again. */
export interface ObjectFailed {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Kind of the object, such as Deployment. */
  readonly kind: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Service that it is for; null: none. */
  readonly service: string | null;
  /** Node that it is for; null: none. */
  readonly node: string | null;
  /** Last decision of the cluster that it follows from. */
  readonly decision: number;
  /** How far of the cluster had been read; of two outcomes the one with the higher position counts. */
  readonly position: number;
  /** Stable code of the reason. */
  readonly code: string;
  /** The reason for people. */
  readonly message: string;
  /** Status that the cluster answered with; null: none. */
  readonly http_status: number | null;
  /** Attempts so far. */
  readonly attempts: number;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** The cluster refused an object; it is tried again when what is wanted changes. */
export interface ObjectRefused {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Kind of the object, such as Deployment. */
  readonly kind: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Service that it is for; null: none. */
  readonly service: string | null;
  /** Node that it is for; null: none. */
  readonly node: string | null;
  /** Last decision of the cluster that it follows from. */
  readonly decision: number;
  /** How far of the cluster had been read; of two outcomes the one with the higher position counts. */
  readonly position: number;
  /** Stable code of the reason. */
  readonly code: string;
  /** The reason for people. */
  readonly message: string;
  /** Status that the cluster answered with; null: none. */
  readonly http_status: number | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** An object that is not wanted any more was removed from the cluster. */
export interface ObjectRemoved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Kind of the object, such as Deployment. */
  readonly kind: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** Service that it is for; null: none. */
  readonly service: string | null;
  /** Node that it is for; null: none. */
  readonly node: string | null;
  /** Last decision of the cluster that it follows from. */
  readonly decision: number;
  /** How far of the cluster had been read; of two outcomes the one with the higher position counts. */
  readonly position: number;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** A part of a core. */
export interface CoreShare {
  /** Core, from 0. */
  readonly core: number;
  /** Per cent of it. */
  readonly percent: number;
}

/** A part of a device. */
export interface DeviceShare {
  /** Device of the node. */
  readonly device: string;
  /** Per cent of it. */
  readonly percent: number;
}

/** A replica has a place. */
export interface PlacementDecided {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Number of the replica within its service, from 0. */
  readonly replica: number;
  /** Node. */
  readonly node: string;
  /** Number of the decision within the cluster; grows by one. */
  readonly decision: number;
  /** Strategy that chose; empty where the replica stayed and takes another share. */
  readonly strategy: string;
  /** Millicores that it takes. */
  readonly cpu: number;
  /** MB that it takes. */
  readonly memory: number;
  /** What it takes of which core. */
  readonly cores: readonly CoreShare[];
  /** What it takes of which device. */
  readonly accelerators: readonly DeviceShare[];
}

/** A wish about nodes, services or placing was refused. */
export interface PlacementRefused {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Event type of the wish. */
  readonly wish: string;
  /** Stable code of the reason. */
  readonly code: string;
  /** Status that a caller over HTTP is answered with. */
  readonly http_status: number;
  /** The reason for people. */
  readonly message: string;
}

/** Somebody wants placing to go on, to stop, or to choose otherwise. */
export interface PlacingRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** false: nothing is placed or released until it goes on. */
  readonly running: boolean;
  /** Strategy by name. */
  readonly strategy: string;
  /** 0 none; 1: services sensitive to CPU go first; 2: to memory. */
  readonly priority: number;
  /** Services with priority before one without gets its turn. */
  readonly balance: number;
  /** placer: every replica is pinned to the node decided; scheduler: the cluster chooses the node. */
  readonly binding: string;
  /** put-back: what somebody else changed is set again; adopt: it is left as it is. */
  readonly drift: string;
  /** Seconds that a node may be not ready before its replicas go elsewhere, and that it has to be ready before it counts again. */
  readonly not_ready_seconds: number;
}

/** Placing goes on, stops, or chooses otherwise from here on. */
export interface PlacingSet {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** false: nothing is placed or released until it goes on. */
  readonly running: boolean;
  /** Strategy by name. */
  readonly strategy: string;
  /** 0 none; 1: services sensitive to CPU go first; 2: to memory. */
  readonly priority: number;
  /** Services with priority before one without gets its turn. */
  readonly balance: number;
  /** placer: every replica is pinned to the node decided; scheduler: the cluster chooses the node. */
  readonly binding: string;
  /** put-back: what somebody else changed is set again; adopt: it is left as it is. */
  readonly drift: string;
  /** Seconds that a node may be not ready before its replicas go elsewhere, and that it has to be ready before it counts again. */
  readonly not_ready_seconds: number;
}

/** A pod is gone. */
export interface PodGone {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly pod: string;
  /** Identity of the object. */
  readonly uid: string;
  /** Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more. */
  readonly resource_version: string | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** A pod of a service, as the cluster shows it. */
export interface PodObserved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Node that it is on; null: on none yet. */
  readonly node: string | null;
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly pod: string;
  /** Identity of the object. */
  readonly uid: string;
  /** Version of the object; of two of one uid the higher one is newer. */
  readonly resource_version: string;
  /** Pending, Running, Succeeded, Failed, Unknown or Terminating. */
  readonly phase: string;
  /** Its condition Ready is true and it is not being removed. */
  readonly ready: boolean;
  /** Restarts of its containers. */
  readonly restarts: number;
  /** Stable code of what is wrong; null: nothing. */
  readonly reason: string | null;
  /** The same for people, with what to do next. */
  readonly message: string | null;
  /** Decision that it says that it follows from; null: none. */
  readonly decision: number | null;
  /** When it was seen, by the clock of who saw it. */
  readonly at: number;
}

/** What a run of a service, or logs of it, say of its throughput, sensitivity and needs. */
export interface ProfileRecorded {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service that was profiled. */
  readonly service: string;
  /** Plan that the run is of; empty: the profile is of logs that were made otherwise. */
  readonly plan: string;
  /** Run within the plan; empty as the plan. */
  readonly run: string;
  /** complete; aborted: somebody stopped the run; unplaced: not all replicas had a place. */
  readonly outcome: string;
  /** Replicas of each service of the plan during the run. */
  readonly scales: Readonly<Record<string, number>>;
  /** When measuring began; null: not known. */
  readonly started_at: number | null;
  /** When it ended. */
  readonly ended_at: number | null;
  /** Requests that were measured. */
  readonly requests: number;
  /** Requests per second over windows of 100 requests, on average; null: there was no window. */
  readonly throughput_average: number | null;
  /** The least of any window. */
  readonly throughput_least: number | null;
  /** The most of any window. */
  readonly throughput_most: number | null;
  /** Windows that were reckoned with. */
  readonly windows: number;
  /** Median latency alone on a node, s. */
  readonly alone_p50: number | null;
  /** 95th percentile of it, s. */
  readonly alone_p95: number | null;
  /** Median latency on a shared node, s. */
  readonly shared_p50: number | null;
  /** 95th percentile of it, s. */
  readonly shared_p95: number | null;
  /** Median on a shared node over the one alone. */
  readonly slowdown: number | null;
  /** 0 none, 1 CPU, 2 memory, 3 both; null: not known. */
  readonly sensitivity: number | null;
  /** Millicores of a replica that are proposed; null: its process was not measured. */
  readonly cpu: number | null;
  /** MB that are proposed. */
  readonly memory: number | null;
  /** Per cent of cores that are proposed. */
  readonly cores: readonly number[];
  /** Per cent of a device that are proposed, by type. */
  readonly accelerators: Readonly<Record<string, number>>;
}

/** A replica has no place any more, and its node has that much more room. */
export interface ReplicaReleased {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Number of the replica within its service, from 0. */
  readonly replica: number;
  /** Node. */
  readonly node: string;
  /** Number of the decision within the cluster; grows by one. */
  readonly decision: number;
  /** NODE_REMOVED, NODE_GONE, NODE_NOT_READY, NODE_TAINTED, NODE_TOO_SMALL, SERVICE_REMOVED, SCALED_DOWN or NEEDS_CHANGED. */
  readonly reason: string;
}

/** A wish to carry out a proposal, or to turn it down. */
export interface ResizeAcceptRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Number of the proposal within the cluster. */
  readonly proposal: number;
  /** true: carry it out; false: turn it down. */
  readonly accept: boolean;
}

/** What a container of a workload should request, as the key of its cluster has it: follows from RecommendationMade. */
export interface ResizeAdvised {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Container. */
  readonly container: string;
  /** Recommendation that it follows from. */
  readonly recommendation_id: string;
  /** Interval end that the advice is for. */
  readonly at: number;
  /** Engine that the policy of engines chose. */
  readonly engine: string;
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
  /** 0 (none, or not known) to 1. */
  readonly confidence: number;
  /** What is set lies within bounds. */
  readonly do_nothing: boolean;
  /** Codes of what there is to know, sorted. */
  readonly flags: readonly string[];
}

/** A decision was carried out: every pod of the workload has what was decided, or its template says so. */
export interface ResizeApplied {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** Pods that have what was decided. */
  readonly pods: number;
  /** Writes that changed something. */
  readonly patches: number;
}

/** Resources before. */
export interface DecidedBefore {
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
}

/** Resources after. */
export interface DecidedAfter {
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
}

/** One container. */
export interface DecidedChange {
  /** Container. */
  readonly name: string;
  /** What it has. */
  readonly before: DecidedBefore;
  /** What it is to have. */
  readonly after: DecidedAfter;
}

/** A workload is to have other resources. Nothing else is decided on it until this has ended. */
export interface ResizeDecided {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** pods: its pods are resized in place; template: its template follows, at a roll-out. */
  readonly kind: string;
  /** auto, accepted, rollback or roll-out. */
  readonly why: string;
  /** Decision that this takes back. */
  readonly rolls_back: number | null;
  /** Containers that change, and how. */
  readonly containers: readonly DecidedChange[];
  /** Codes of what bent the advice, sorted. */
  readonly notes: readonly string[];
  /** Pods that it had then. */
  readonly replicas: number;
  /** Containers restart: pods are resized one after the other. */
  readonly restarts: boolean;
  /** Interval end of the latest advice in it. */
  readonly advised_at: number;
  /** Policy that was applied, as JSON text. */
  readonly policy: string;
  /** When it was decided, by the event that caused it. */
  readonly at: number;
  /** How many there were of this cluster in that minute, with this one. */
  readonly in_minute: number;
  /** How often quotas and limit ranges of its namespace had been told. */
  readonly limits_told: number;
  /** Position of what had last been said of it then, but for advice; -1: nothing. */
  readonly touched: number;
  /** Position of its last advice then; -1: none. */
  readonly advised: number;
  /** What its pods are to have with it beside the template, by container, as JSON text. */
  readonly desired: string | null;
  /** What the template said then, by container, as JSON text. */
  readonly base: string | null;
}

/** A decision was given up after retries. */
export interface ResizeFailed {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** Pods that have what was decided. */
  readonly pods: number;
  /** Writes that changed something. */
  readonly patches: number;
  /** Stable code. */
  readonly code: string;
  /** The last error. */
  readonly message: string;
  /** How often it was tried. */
  readonly attempts: number;
}

/** Advice was looked at and nothing is done about it now. */
export interface ResizeHeld {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Stable code. */
  readonly reason: string;
  /** The reason for people. */
  readonly message: string;
  /** When it is looked at again; null: when something about it changes. */
  readonly until: number | null;
  /** When the workload was looked at, by the event that caused it. */
  readonly at: number;
  /** Position of what had last been said of it then, but for advice; -1: nothing. */
  readonly touched: number;
  /** Position of its last advice then; -1: none. */
  readonly advised: number;
  /** How often quotas and limit ranges of its namespace had been told. */
  readonly limits_told: number;
}

/** A decision cannot be carried out in place. */
export interface ResizeInfeasible {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** Pods that have what was decided. */
  readonly pods: number;
  /** Writes that changed something. */
  readonly patches: number;
  /** First pod that cannot have it. */
  readonly pod: string;
  /** It could later, and has waited for long enough. */
  readonly deferred: boolean;
  /** What the kubelet says. */
  readonly message: string;
}

/** A proposal is no longer open. */
export interface ResizeProposalClosed {
  /** Event id of the wish that this answers; null: none. */
  readonly request_id: string | null;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the proposal within the cluster. */
  readonly proposal: number;
  /** accepted, rejected or superseded. */
  readonly outcome: string;
  /** Number of the decision that carries it out. */
  readonly decision: number | null;
}

/** Resources before. */
export interface ProposedBefore {
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
}

/** Resources after. */
export interface ProposedAfter {
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
}

/** One container. */
export interface ProposedChange {
  /** Container. */
  readonly name: string;
  /** What it has. */
  readonly before: ProposedBefore;
  /** What it is to have. */
  readonly after: ProposedAfter;
}

/** Somebody may accept this: other resources for a workload, or other needs of a service of ours. */
export interface ResizeProposed {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the proposal within the cluster. */
  readonly proposal: number;
  /** Service whose needs would change; null: the pods of the workload are resized. */
  readonly service: string | null;
  /** Containers that change, and how. */
  readonly containers: readonly ProposedChange[];
  /** Codes of what bent the advice, sorted. */
  readonly notes: readonly string[];
  /** Interval end of the latest advice in it. */
  readonly advised_at: number;
  /** Policy that was applied, as JSON text. */
  readonly policy: string;
  /** When the workload was looked at, by the event that caused it. */
  readonly at: number;
  /** Position of what had last been said of it then, but for advice; -1: nothing. */
  readonly touched: number;
  /** Position of its last advice then; -1: none. */
  readonly advised: number;
}

/** The API server will not carry out a decision. */
export interface ResizeRefused {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** Pods that have what was decided. */
  readonly pods: number;
  /** Writes that changed something. */
  readonly patches: number;
  /** Stable code. */
  readonly code: string;
  /** Status of the API server; 0: none. */
  readonly http_status: number;
  /** What it says. */
  readonly message: string;
}

/** A decision was taken back: every pod has what it had before. */
export interface ResizeRolledBack {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Number of the decision within the cluster. */
  readonly decision: number;
  /** Decision that was taken back. */
  readonly rolls_back: number;
  /** Pods that have what was decided. */
  readonly pods: number;
  /** Writes that changed something. */
  readonly patches: number;
}

/** The answer: a wish about resizing is not granted. */
export interface ResizingRefused {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Type of the wish. */
  readonly wish: string;
  /** Stable code of the reason. */
  readonly code: string;
  /** Status that a caller over HTTP is answered with. */
  readonly http_status: number;
  /** The reason for people. */
  readonly message: string;
}

/** The answer: there is no policy of resizing of that scope any more. */
export interface ResizingRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Namespace that it is for; null: the whole cluster. */
  readonly namespace: string | null;
}

/** A wish to set a policy of resizing for a cluster or a namespace, or to remove the one that is there. */
export interface ResizingRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Namespace that it is for; null: the whole cluster. */
  readonly namespace: string | null;
  /** Policy as JSON text, see projections/placement/resizing/policy.ts; null: remove it. */
  readonly policy: string | null;
}

/** The answer: a policy of resizing holds, instead of one that was there. */
export interface ResizingSet {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Namespace that it is for; null: the whole cluster. */
  readonly namespace: string | null;
  /** Policy as JSON text. */
  readonly policy: string;
}

/** A service keeps its number of replicas, for another reason than before. */
export interface ScalingHeld {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Replicas that it keeps. */
  readonly replicas: number;
  /** What the load alone asks for within the limits, without windows, steps and cool-downs. */
  readonly wanted: number;
  /** Stable code of the reason. */
  readonly reason: string;
  /** The reason for people. */
  readonly message: string;
  /** The time for which it was decided: when the record was made that gave rise to it. */
  readonly at: number;
  /** Requests/s that were last reported; null: nothing was. */
  readonly rate: number | null;
  /** Requests that waited; null: not reported. */
  readonly queue: number | null;
  /** Requests/s of one replica that were reckoned with; null: not known. */
  readonly throughput: number | null;
  /** policy, reported or learnt. */
  readonly throughput_source: string | null;
  /** Replicas last reported ready; null: not reported. */
  readonly ready: number | null;
  /** Least replicas at that time. */
  readonly min: number;
  /** Most replicas at that time. */
  readonly max: number;
  /** Version of the rules that decided. */
  readonly rules: number;
  /** JSON of all that the decision depends on: the same inputs and rules give the same decision. */
  readonly inputs: string;
}

/** Somebody wants the number of a service's replicas to stay as it is. */
export interface ScalingRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
}

/** The number of a service's replicas follows its load no more. */
export interface ScalingRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
}

/** Limits at some times of the week. */
export interface RequestedLimits {
  /** Days on which it begins, 0 (Sunday) to 6; none: every day. */
  readonly days: readonly number[];
  /** First minute, HH:MM. */
  readonly from: string;
  /** Minute at which it is over, HH:MM, at most 24:00; not after `from`: on the next day. */
  readonly to: string;
  /** Least replicas then. */
  readonly min: number;
  /** Most replicas then. */
  readonly max: number;
}

/** Somebody wants the number of a service's replicas to follow its load. */
export interface ScalingRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** false: the number of replicas stays as it is. */
  readonly enabled: boolean;
  /** Least replicas; 0: none while there is no load. */
  readonly min: number;
  /** Most replicas. */
  readonly max: number;
  /** Requests/s that one replica handles; null: as reported or learnt. */
  readonly throughput: number | null;
  /** Share of the throughput that is planned with, above 0, at most 1. */
  readonly target: number;
  /** How far load and capacity may differ without a change; 0.1 is 10 %. */
  readonly tolerance: number;
  /** In what time a queue should be empty, s; null: queues do not count. */
  readonly drain_seconds: number | null;
  /** A load older than that is none, s. */
  readonly stale_seconds: number;
  /** So long a decision counts as under way unless its replicas are reported ready before, s. */
  readonly ready_seconds: number;
  /** How long the load must have been higher, s. */
  readonly up_stabilisation_seconds: number;
  /** How long after a decision the next one may go up, s. */
  readonly up_cool_down_seconds: number;
  /** Most replicas that are added at a time; null: no bound. */
  readonly up_step: number | null;
  /** How long the load must have been lower, s. */
  readonly down_stabilisation_seconds: number;
  /** How long after a decision the next one may go down, s. */
  readonly down_cool_down_seconds: number;
  /** Most replicas that are taken away at a time; null: no bound. */
  readonly down_step: number | null;
  /** What the timetable's times are ahead of UTC, minutes. */
  readonly utc_offset_minutes: number;
  /** Other limits at some times; the first entry that covers a time holds. */
  readonly timetable: readonly RequestedLimits[];
  /** Query that asks Prometheus for the load, requests/s; null: loads are reported by others. */
  readonly query: string | null;
}

/** Limits at some times of the week. */
export interface TimetabledLimits {
  /** Days on which it begins, 0 (Sunday) to 6; none: every day. */
  readonly days: readonly number[];
  /** First minute, HH:MM. */
  readonly from: string;
  /** Minute at which it is over, HH:MM, at most 24:00; not after `from`: on the next day. */
  readonly to: string;
  /** Least replicas then. */
  readonly min: number;
  /** Most replicas then. */
  readonly max: number;
}

/** The number of a service's replicas follows its load. */
export interface ScalingSet {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** false: the number of replicas stays as it is. */
  readonly enabled: boolean;
  /** Least replicas; 0: none while there is no load. */
  readonly min: number;
  /** Most replicas. */
  readonly max: number;
  /** Requests/s that one replica handles; null: as reported or learnt. */
  readonly throughput: number | null;
  /** Share of the throughput that is planned with, above 0, at most 1. */
  readonly target: number;
  /** How far load and capacity may differ without a change; 0.1 is 10 %. */
  readonly tolerance: number;
  /** In what time a queue should be empty, s; null: queues do not count. */
  readonly drain_seconds: number | null;
  /** A load older than that is none, s. */
  readonly stale_seconds: number;
  /** So long a decision counts as under way unless its replicas are reported ready before, s. */
  readonly ready_seconds: number;
  /** How long the load must have been higher, s. */
  readonly up_stabilisation_seconds: number;
  /** How long after a decision the next one may go up, s. */
  readonly up_cool_down_seconds: number;
  /** Most replicas that are added at a time; null: no bound. */
  readonly up_step: number | null;
  /** How long the load must have been lower, s. */
  readonly down_stabilisation_seconds: number;
  /** How long after a decision the next one may go down, s. */
  readonly down_cool_down_seconds: number;
  /** Most replicas that are taken away at a time; null: no bound. */
  readonly down_step: number | null;
  /** What the timetable's times are ahead of UTC, minutes. */
  readonly utc_offset_minutes: number;
  /** Other limits at some times; the first entry that covers a time holds. */
  readonly timetable: readonly TimetabledLimits[];
  /** Query that asks Prometheus for the load, requests/s; null: loads are reported by others. */
  readonly query: string | null;
}

/** A wish to change what each replica of a service needs, and nothing else of it. */
export interface ServiceNeedsRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Millicores of a replica. */
  readonly cpu: number;
  /** MB of a replica. */
  readonly memory: number;
}

/** A service has another number of replicas. */
export interface ServiceScaled {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the service belongs to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Number of the decision within the cluster; grows by one. */
  readonly decision: number;
  /** Replicas before. */
  readonly from: number;
  /** Replicas from now on. */
  readonly replicas: number;
  /** What the load alone asks for within the limits, without windows, steps and cool-downs. */
  readonly wanted: number;
  /** Stable code of the reason. */
  readonly reason: string;
  /** The reason for people. */
  readonly message: string;
  /** The time for which it was decided: when the record was made that gave rise to it. */
  readonly at: number;
  /** Requests/s that were last reported; null: nothing was. */
  readonly rate: number | null;
  /** Requests that waited; null: not reported. */
  readonly queue: number | null;
  /** Requests/s of one replica that were reckoned with; null: not known. */
  readonly throughput: number | null;
  /** policy, reported or learnt. */
  readonly throughput_source: string | null;
  /** Replicas last reported ready; null: not reported. */
  readonly ready: number | null;
  /** Least replicas at that time. */
  readonly min: number;
  /** Most replicas at that time. */
  readonly max: number;
  /** Version of the rules that decided. */
  readonly rules: number;
  /** JSON of all that the decision depends on: the same inputs and rules give the same decision. */
  readonly inputs: string;
}

/** A port. */
export interface RegisteredPort {
  /** Port of the container. */
  readonly container_port: number;
  /** Port under which others reach it; null: none. */
  readonly service_port: number | null;
}

/** A toleration as Kubernetes means it. */
export interface RegisteredToleration {
  /** Key; null tolerates every taint. */
  readonly key: string | null;
  /** Equal or Exists. */
  readonly operator: string;
  /** Value. */
  readonly value: string | null;
  /** Effect; null: every one. */
  readonly effect: string | null;
}

/** How evenly replicas lie over the values of a label. */
export interface RegisteredSpread {
  /** Label of nodes. */
  readonly topology_key: string;
  /** Most difference. */
  readonly max_skew: number;
  /** false: preferred only. */
  readonly required: boolean;
}

/** Replicas that keep away from those of a service. */
export interface RegisteredApart {
  /** That service, or the service itself. */
  readonly service: string;
  /** Label of nodes whose value may not be shared. */
  readonly topology_key: string;
}

/** A service: what each replica needs. */
export interface RegisteredService {
  /** Name; unique within the cluster. */
  readonly name: string;
  /** Application that it is a part of. */
  readonly application: string;
  /** Identity that a client of ROHE gives it, service_id. */
  readonly number: string | null;
  /** Image of its container. */
  readonly image: string;
  /** Millicores of a replica. */
  readonly cpu: number;
  /** MB of a replica. */
  readonly memory: number;
  /** Per cent of a core each; every element wants a core of its own. */
  readonly cores: readonly number[];
  /** Per cent of one device, by type. */
  readonly accelerators: Readonly<Record<string, number>>;
  /** 0 none, 1 CPU, 2 memory, 3 both. */
  readonly sensitivity: number;
  /** Replicas that should run. */
  readonly replicas: number;
  /** Ports. */
  readonly ports: readonly RegisteredPort[];
  /** Services that it sends to. */
  readonly next: readonly string[];
  /** Labels that a node must have. */
  readonly node_selector: Readonly<Record<string, string>>;
  /** Tolerations. */
  readonly tolerations: readonly RegisteredToleration[];
  /** Spread. */
  readonly spread: readonly RegisteredSpread[];
  /** Distance. */
  readonly apart: readonly RegisteredApart[];
}

/** What became of one service. */
export interface ServiceOutcome {
  /** Its name. */
  readonly name: string;
  /** added, updated or unchanged. */
  readonly outcome: string;
}

/** Services count from here on. */
export interface ServicesRegistered {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Services that are new or changed. */
  readonly services: readonly RegisteredService[];
  /** Every service of the wish, in its order. */
  readonly outcomes: readonly ServiceOutcome[];
}

/** Somebody wants services not to run any more. */
export interface ServicesRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Names; null: all. */
  readonly services: readonly string[] | null;
}

/** Services are gone. */
export interface ServicesRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Names of those that were there. */
  readonly services: readonly string[];
  /** Names of the wish that were not there. */
  readonly missing: readonly string[];
}

/** A port. */
export interface RequestedPort {
  /** Port of the container. */
  readonly container_port: number;
  /** Port under which others reach it; null: none. */
  readonly service_port: number | null;
}

/** A toleration as Kubernetes means it. */
export interface RequestedToleration {
  /** Key; null tolerates every taint. */
  readonly key: string | null;
  /** Equal or Exists. */
  readonly operator: string;
  /** Value. */
  readonly value: string | null;
  /** Effect; null: every one. */
  readonly effect: string | null;
}

/** How evenly replicas lie over the values of a label. */
export interface RequestedSpread {
  /** Label of nodes. */
  readonly topology_key: string;
  /** Most difference. */
  readonly max_skew: number;
  /** false: preferred only. */
  readonly required: boolean;
}

/** Replicas that keep away from those of a service. */
export interface RequestedApart {
  /** That service, or the service itself. */
  readonly service: string;
  /** Label of nodes whose value may not be shared. */
  readonly topology_key: string;
}

/** A service: what each replica needs. */
export interface RequestedService {
  /** Name; unique within the cluster. */
  readonly name: string;
  /** Application that it is a part of. */
  readonly application: string;
  /** Identity that a client of ROHE gives it, service_id. */
  readonly number: string | null;
  /** Image of its container. */
  readonly image: string;
  /** Millicores of a replica. */
  readonly cpu: number;
  /** MB of a replica. */
  readonly memory: number;
  /** Per cent of a core each; every element wants a core of its own. */
  readonly cores: readonly number[];
  /** Per cent of one device, by type. */
  readonly accelerators: Readonly<Record<string, number>>;
  /** 0 none, 1 CPU, 2 memory, 3 both. */
  readonly sensitivity: number;
  /** Replicas that should run. */
  readonly replicas: number;
  /** Ports. */
  readonly ports: readonly RequestedPort[];
  /** Services that it sends to. */
  readonly next: readonly string[];
  /** Labels that a node must have. */
  readonly node_selector: Readonly<Record<string, string>>;
  /** Tolerations. */
  readonly tolerations: readonly RequestedToleration[];
  /** Spread. */
  readonly spread: readonly RequestedSpread[];
  /** Distance. */
  readonly apart: readonly RequestedApart[];
}

/** Somebody wants services to run, or to run otherwise. */
export interface ServicesRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Services; those that are known by name are changed. */
  readonly services: readonly RequestedService[];
}

/** One interval. */
export interface ThrottledInterval {
  /** Start. */
  readonly start: number;
  /** End. */
  readonly end: number;
  /** Millicores that it did not get, on average over pods. */
  readonly throttled: number;
  /** Millicores that it used, on average over pods. */
  readonly used: number;
}

/** A container was held back by its CPU limit: follows from ContainerUsageReported. */
export interface ThrottlingReported {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Container. */
  readonly container: string;
  /** Intervals with throttling, oldest first; at most the latest 96. */
  readonly intervals: readonly ThrottledInterval[];
}

/** Replicas of a service have no place, and why; without replicas: all have one again. */
export interface Unplaceable {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that the nodes belong to; `default` where a client names none. */
  readonly cluster_id: string;
  /** Service. */
  readonly service: string;
  /** Numbers of the replicas. */
  readonly replicas: readonly number[];
  /** How many nodes are out for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The node where least is missing. */
  readonly nearest_node: string | null;
  /** What is missing there, as a code. */
  readonly nearest_code: string | null;
  /** The same for people. */
  readonly nearest_message: string | null;
}

/** A workload that was observed is no longer there, or may no longer be looked at. */
export interface WorkloadGone {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
}

/** One container. */
export interface ObservedContainer {
  /** Container. */
  readonly name: string;
  /** Millicores; null when not set. */
  readonly cpu_request: number | null;
  /** Millicores; null when not set. */
  readonly cpu_limit: number | null;
  /** Bytes; null when not set. */
  readonly memory_request: number | null;
  /** Bytes; null when not set. */
  readonly memory_limit: number | null;
  /** A change of CPU restarts the container. */
  readonly cpu_restart: boolean;
  /** A change of memory restarts the container. */
  readonly memory_restart: boolean;
}

/** One container of one pod. */
export interface ObservedKill {
  /** Pod. */
  readonly pod: string;
  /** Container. */
  readonly container: string;
  /** When it ended. */
  readonly at: number;
}

/** A workload that may be resized, as the cluster has it now; said when it changes. */
export interface WorkloadObserved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster. */
  readonly cluster_id: string;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Service of ours that it runs; null: it is not ours. */
  readonly service: string | null;
  /** Value of its label rightstream.io/resize; null: none. */
  readonly label: string | null;
  /** Pods that should run. */
  readonly replicas: number;
  /** Pods that are ready. */
  readonly ready: number;
  /** Class of its pods: Guaranteed, Burstable, BestEffort; empty while it has none, or where pods have resources of their own. */
  readonly qos: string;
  /** A roll-out of its template replaces pods a few at a time; false: all at once, or never. */
  readonly rolling: boolean;
  /** Every pod is of its latest template. */
  readonly rolled_out: boolean;
  /** Containers of its template. */
  readonly containers: readonly ObservedContainer[];
  /** Containers that were killed for memory, the latest time of each pod; at most 50. */
  readonly kills: readonly ObservedKill[];
  /** Pods that may be away now by its PodDisruptionBudgets; null: it has none. */
  readonly disruptions: number | null;
  /** Resources that a HorizontalPodAutoscaler scales it on: cpu, memory. */
  readonly scaled_on: readonly string[];
  /** Version of the object that was read. */
  readonly resource_version: string;
}

/** A policy and what it is for. */
export interface PolicyInForce {
  /** Cluster that it is for; null: any. */
  readonly cluster_id: string | null;
  /** Namespace that it is for; null: any. */
  readonly namespace: string | null;
  /** Workload that it is for, beside a namespace; null: any. */
  readonly workload: string | null;
  /** Policy as JSON text, see projections/recommendation/policy/policy.ts. */
  readonly policy: string;
  /** Sequence with which it was set. */
  readonly sequence: number;
}

/** All policies of an organisation as they are from now on, written to each partition that decides. */
export interface EnginePoliciesChanged {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Grows by one with every change of the policies of the organisation. */
  readonly sequence: number;
  /** Each scope once, sorted by its text. */
  readonly policies: readonly PolicyInForce[];
}

/** The answer: nothing was changed. */
export interface EnginePolicyRefused {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that it is for; null: any. */
  readonly cluster_id: string | null;
  /** Namespace that it is for; null: any. */
  readonly namespace: string | null;
  /** Workload that it is for, beside a namespace; null: any. */
  readonly workload: string | null;
  /** Why, as a stable code. */
  readonly code: string;
  /** Status for a client over HTTP. */
  readonly http_status: number;
  /** Why, and what to do, for people. */
  readonly message: string;
}

/** The answer: no policy holds for this very scope any more; wider ones do. */
export interface EnginePolicyRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that it is for; null: any. */
  readonly cluster_id: string | null;
  /** Namespace that it is for; null: any. */
  readonly namespace: string | null;
  /** Workload that it is for, beside a namespace; null: any. */
  readonly workload: string | null;
  /** Grows by one with every change of the policies of the organisation. */
  readonly sequence: number;
  /** Partitions that have to take it in before it is in force everywhere. */
  readonly partitions: number;
}

/** A wish to set a policy of engines for a scope, or to remove the one that is there. */
export interface EnginePolicyRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that it is for; null: any. */
  readonly cluster_id: string | null;
  /** Namespace that it is for; null: any. */
  readonly namespace: string | null;
  /** Workload that it is for, beside a namespace; null: any. */
  readonly workload: string | null;
  /** Policy as JSON text, see projections/recommendation/policy/policy.ts; null: remove it. */
  readonly policy: string | null;
}

/** The answer: a policy holds for a scope, instead of one that was there. */
export interface EnginePolicySet {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that it is for; null: any. */
  readonly cluster_id: string | null;
  /** Namespace that it is for; null: any. */
  readonly namespace: string | null;
  /** Workload that it is for, beside a namespace; null: any. */
  readonly workload: string | null;
  /** Policy as JSON text, see projections/recommendation/policy/policy.ts. */
  readonly policy: string;
  /** Grows by one with every change of the policies of the organisation. */
  readonly sequence: number;
  /** Partitions that have to take it in before it is in force everywhere. */
  readonly partitions: number;
}

/** What the containers or the namespace of an experiment should request, by the results that count. */
export interface ExperimentRecommendationMade {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** 64 hexadecimal digits made from organisation and name; the same over time. */
  readonly experiment_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Interval end that was asked for. */
  readonly requested_end: number;
  /** Newest interval end, of the first container that has any, up to the one asked for. */
  readonly monitoring_end: number;
  /** True when at least one term of one container has advice. */
  readonly available: boolean;
  /** The answer as Kruize gives it, as JSON text: the experiment with recommendations per container. */
  readonly document: string;
  /** Policy that was applied, e.g. kruize-parity. */
  readonly policy: string;
  /** Version of the engine code. */
  readonly engine_version: number;
  /** Intervals that went in, of all containers. */
  readonly intervals: number;
}

/** A wish about an experiment was refused. */
export interface ExperimentRefused {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Event type of the wish. */
  readonly wish: string;
  /** Stable code of the reason. */
  readonly code: string;
  /** Status that a caller over HTTP is answered with. */
  readonly http_status: number;
  /** The reason for people, in the words of Kruize where it has some. */
  readonly message: string;
}

/** An experiment exists from here on. */
export interface ExperimentRegistered {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** 64 hexadecimal digits made from organisation and name; the same over time. */
  readonly experiment_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Version that results have to name; null: any. */
  readonly version: string | null;
  /** Cluster that the experiment is about, as sent. */
  readonly cluster_name: string | null;
  /** container or namespace. */
  readonly experiment_type: string;
  /** Profile that it names; null when it brings a service level objective of its own. */
  readonly performance_profile: string | null;
  /** Version of that profile when the request was accepted. */
  readonly profile_version: number | null;
  /** Length of an interval, minutes; results may differ by 30 s. */
  readonly measurement_minutes: number;
  /** Per cent of a current setting within which nothing is changed; 0.1 is a thousandth. */
  readonly threshold: number;
  /** short, medium, long; empty: all. */
  readonly terms: readonly string[];
  /** cost, performance; empty: all. */
  readonly models: readonly string[];
  /** The experiment as it is shown, as JSON text: mode, target_cluster, settings, kubernetes_objects. */
  readonly definition: string;
}

/** Somebody wants an experiment to be removed, with its results and recommendations. */
export interface ExperimentRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
}

/** An experiment is gone, with its results and recommendations. */
export interface ExperimentRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** 64 hexadecimal digits made from organisation and name; the same over time. */
  readonly experiment_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
}

/** Somebody wants to register an experiment: a workload or namespace whose results will be posted one by one. */
export interface ExperimentRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Version that results have to name; null: any. */
  readonly version: string | null;
  /** Cluster that the experiment is about, as sent. */
  readonly cluster_name: string | null;
  /** container or namespace. */
  readonly experiment_type: string;
  /** Profile that it names; null when it brings a service level objective of its own. */
  readonly performance_profile: string | null;
  /** Version of that profile when the request was accepted. */
  readonly profile_version: number | null;
  /** Length of an interval, minutes; results may differ by 30 s. */
  readonly measurement_minutes: number;
  /** Per cent of a current setting within which nothing is changed; 0.1 is a thousandth. */
  readonly threshold: number;
  /** short, medium, long; empty: all. */
  readonly terms: readonly string[];
  /** cost, performance; empty: all. */
  readonly models: readonly string[];
  /** The experiment as it is shown, as JSON text: mode, target_cluster, settings, kubernetes_objects. */
  readonly definition: string;
}

/** A wish about a performance profile was refused. */
export interface PerformanceProfileRefused {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the performance profile; unique within the organisation. */
  readonly name: string;
  /** Event type of the wish. */
  readonly wish: string;
  /** Stable code of the reason. */
  readonly code: string;
  /** Status that a caller over HTTP is answered with. */
  readonly http_status: number;
  /** The reason for people, in the words of Kruize where it has some. */
  readonly message: string;
}

/** A performance profile, or a new version of it, counts from here on. */
export interface PerformanceProfileRegistered {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the performance profile; unique within the organisation. */
  readonly name: string;
  /** Version of the profile, above 0. */
  readonly profile_version: number;
  /** The profile as it is shown, as JSON text. */
  readonly document: string;
}

/** Somebody wants a performance profile to be removed. */
export interface PerformanceProfileRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the performance profile; unique within the organisation. */
  readonly name: string;
  /** Experiments that named it when the request was accepted. */
  readonly experiments: number;
}

/** A performance profile is gone. */
export interface PerformanceProfileRemoved {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the performance profile; unique within the organisation. */
  readonly name: string;
}

/** Somebody wants to register a performance profile, or a new version of one. */
export interface PerformanceProfileRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the performance profile; unique within the organisation. */
  readonly name: string;
  /** Version of the profile, above 0. */
  readonly profile_version: number;
  /** True: a new version of a known profile; false: a new profile. */
  readonly update: boolean;
  /** The profile as it is shown, as JSON text. */
  readonly document: string;
}

/** Asks for the next part of an organisation's containers and namespaces to be compared with its changed policies. */
export interface PoliciesApplicationDue {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Change of the policies of the organisation that is applied. */
  readonly sequence: number;
  /** Container or namespace that was looked at last. */
  readonly after: string;
}

/** Changed policies were compared with what stands: a part of the containers and namespaces of a partition, and decided on again where it matters. */
export interface PoliciesApplied {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Change of the policies of the organisation that is applied. */
  readonly sequence: number;
  /** Container or namespace that was looked at last; null: there are no more. */
  readonly up_to: string | null;
  /** Containers and namespaces that were looked at. */
  readonly compared: number;
  /** Those of them that got a new recommendation. */
  readonly decided: number;
}

/** What one engine advises for one term. */
export interface EngineAdvice {
  /** short_term, medium_term or long_term. */
  readonly term: string;
  /** cost or performance. */
  readonly engine: string;
  /** Cores; null when no value is given. */
  readonly cpu_request: number | null;
  /** Cores. */
  readonly cpu_limit: number | null;
  /** Bytes. */
  readonly memory_request: number | null;
  /** Bytes. */
  readonly memory_limit: number | null;
  /** Advised minus current request, cores. */
  readonly cpu_request_variation: number | null;
  /** Advised minus current request, bytes. */
  readonly memory_request_variation: number | null;
  /** Notification codes of the engine. */
  readonly notifications: readonly number[];
}

/** What the chosen engine and balanced propose. */
export interface EngineProposal {
  /** Name of the engine. */
  readonly engine: string;
  /** Cores; null when none is advised. */
  readonly cpu_request: number | null;
  /** Cores. */
  readonly cpu_limit: number | null;
  /** Bytes. */
  readonly memory_request: number | null;
  /** Bytes. */
  readonly memory_limit: number | null;
  /** Cores that are needed at least, as the engine believes; null when it does not say. */
  readonly cpu_lower: number | null;
  /** Cores that are needed at most. */
  readonly cpu_upper: number | null;
  /** Bytes that are needed at least. */
  readonly memory_lower: number | null;
  /** Bytes that are needed at most. */
  readonly memory_upper: number | null;
  /** 0 (none, or not known) to 1. */
  readonly confidence: number;
  /** critical, warning, ok or good; null when nothing is advised. */
  readonly severity: string | null;
  /** 100 when requests are as advised, 0 when all of them are critical. */
  readonly score: number | null;
  /** What is set lies within bounds. */
  readonly do_nothing: boolean;
  /** Codes of what there is to know, sorted. */
  readonly flags: readonly string[];
  /** How the CPU request came about. */
  readonly formula: string | null;
}

/** What a container or namespace should request as of one interval end, and from what this follows. */
export interface RecommendationMade {
  /** UUID made from organisation, cluster, namespace, type, workload and container; the same over time. */
  readonly recommendation_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Name of the cluster for people. */
  readonly cluster_alias: string | null;
  /** Source of the cluster. */
  readonly source_id: string | null;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** As for usage; namespace for a namespace. */
  readonly workload_type: string;
  /** Name of the workload; the namespace for a namespace. */
  readonly workload: string;
  /** Name of the container; null for a namespace. */
  readonly container: string | null;
  /** Latest image of the container. */
  readonly image: string | null;
  /** Start of the longest term that has advice. */
  readonly monitoring_start_time: number | null;
  /** Interval end that the advice is for. */
  readonly monitoring_end_time: number;
  /** Cores requested now; null when not set. */
  readonly cpu_request_current: number | null;
  /** Cores. */
  readonly cpu_limit_current: number | null;
  /** Bytes requested now; null when not set. */
  readonly memory_request_current: number | null;
  /** Bytes. */
  readonly memory_limit_current: number | null;
  /** True when at least one term has advice. */
  readonly available: boolean;
  /** Per term and engine that had enough data. */
  readonly advice: readonly EngineAdvice[];
  /** Notification codes of the whole recommendation. */
  readonly notifications: readonly number[];
  /** The Kruize-shaped recommendations object, as JSON text. */
  readonly document: string;
  /** Policy that was applied, e.g. kruize-parity. */
  readonly policy: string;
  /** Version of the engine code. */
  readonly engine_version: number;
  /** Intervals that went in. */
  readonly intervals: number;
  /** What the usage was reckoned with: exact, as it was reported; compact, values within 0.0158 % of it. */
  readonly precision: string;
  /** Engine that the policy chose: its proposal is the proposal. */
  readonly engine: string;
  /** What the policy comes to for this object, as JSON text; empty: nothing was chosen. */
  readonly policy_values: string;
  /** Policies that it is made of, narrowest first, as scope@sequence. */
  readonly policy_sources: readonly string[];
  /** By engine name. */
  readonly proposals: readonly EngineProposal[];
  /** Offset in its partition of the usage that it was last decided on, where a changed policy is why it was decided again. */
  readonly usage_offset: number | null;
}

/** Somebody asks what an experiment should request as of an interval end. */
export interface RecommendationsRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Newest interval end that may count. */
  readonly interval_end: number;
}

/** What a result says that it is about. */
export interface PostedTarget {
  /** Type of the workload. */
  readonly type: string | null;
  /** Name of the workload. */
  readonly name: string | null;
  /** Namespace of the workload, or the namespace itself. */
  readonly namespace: string | null;
  /** True when the result is of a namespace, not of containers. */
  readonly of_namespace: boolean;
}

/** One interval of the experiment. */
export interface PostedRecord {
  /** Place in the call, from 0. */
  readonly index: number;
  /** Version that it names. */
  readonly version: string | null;
  /** Start of the interval. */
  readonly interval_start: number | null;
  /** End of the interval. */
  readonly interval_end: number | null;
  /** What it is about: places in `targets`. */
  readonly targets: readonly number[];
  /** What is wrong with its metrics, found without knowing the experiment; null: nothing. */
  readonly problem: string | null;
}

/** What was posted of one container or namespace. */
export interface PostedSeries {
  /** Name of the container; null for the namespace itself. */
  readonly container: string | null;
  /** Image of the container, the last one sent. */
  readonly image: string | null;
  /** Intervals. */
  readonly length: number;
  /** record (place in `records`), then what was sent: <metric>.<aggregate>, <metric>.format and <metric>.metadata. */
  readonly columns: readonly string[];
  /** Formats and metadata (JSON texts) that elements of those columns point to; -1: sent without. */
  readonly texts: readonly string[];
  /** The columns, packed: schemas/codec/columns.ts; NaN: not sent. */
  readonly values: Buffer;
}

/** Results of an experiment were posted; which of them count is decided. */
export interface ResultsPosted {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** What the records are about, each once. */
  readonly targets: readonly PostedTarget[];
  /** The records of one call, or a part of them. */
  readonly records: readonly PostedRecord[];
  /** Per container, or the namespace: intervals without a problem. */
  readonly series: readonly PostedSeries[];
}

/** Why a record does not count. */
export interface RecordOutcome {
  /** Place in the call, from 0. */
  readonly index: number;
  /** Stable code of the reason. */
  readonly code: string;
  /** Status that a caller over HTTP is answered with. */
  readonly http_status: number;
  /** The reason for people, in the words of Kruize where it has some. */
  readonly message: string;
  /** Version that it names. */
  readonly version: string | null;
  /** Start of its interval. */
  readonly interval_start: number | null;
  /** End of its interval. */
  readonly interval_end: number | null;
}

/** What counts of one container or namespace. */
export interface RecordedSeries {
  /** Name of the container; null for the namespace itself. */
  readonly container: string | null;
  /** Image of the container, the last one sent. */
  readonly image: string | null;
  /** Intervals. */
  readonly length: number;
  /** end, start (ms since 1970), then what was sent: <metric>.<aggregate>, <metric>.format and <metric>.metadata. */
  readonly columns: readonly string[];
  /** Formats and metadata (JSON texts) that elements of those columns point to; -1: sent without. */
  readonly texts: readonly string[];
  /** The columns, packed: schemas/codec/columns.ts; NaN: not sent. */
  readonly values: Buffer;
}

/** Which posted results count from here on, and why the others do not. */
export interface ResultsRecorded {
  /** Event id of the wish that this answers. */
  readonly request_id: string;
  /** 64 hexadecimal digits made from organisation and name; the same over time. */
  readonly experiment_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Name of the experiment, any text; unique within the organisation. */
  readonly experiment_name: string;
  /** Records that were posted. */
  readonly records: number;
  /** Records that do not count. */
  readonly refused: readonly RecordOutcome[];
  /** Interval ends of the records that were accepted. */
  readonly ends: readonly number[];
  /** Their interval starts, in the same order. */
  readonly starts: readonly number[];
  /** Per container, or the namespace: accepted intervals; of equal ends the first counts. */
  readonly series: readonly RecordedSeries[];
}

/** Written to every partition: experiments that are named for a source of the organisation are to be removed. */
export interface SourceExperimentsRemovalRequested {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Source of the platform that is gone. */
  readonly source_id: string;
}

/** Experiments of one partition that are named for a source were removed, with all that belongs to them. */
export interface SourceExperimentsRemoved {
  /** Event id of the wish. */
  readonly request_id: string;
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Source of the platform that is gone. */
  readonly source_id: string;
}

/** Written to every partition: the usage of a cluster before this event, and what followed from it, is removed. */
export interface ClusterUsageRemoved {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Source of the platform that is gone. */
  readonly source_id: string;
}

/** What one container used, one partial per interval, from one part of one report. */
export interface ContainerUsageReported {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Name of the cluster for people. */
  readonly cluster_alias: string | null;
  /** Source of the cluster. */
  readonly source_id: string | null;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** daemonset, deployment, deploymentconfig, replicaset, replicationcontroller or statefulset. */
  readonly workload_type: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Name of the container. */
  readonly container: string;
  /** Image in the latest interval of this part; empty when not reported. */
  readonly image: string;
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** sha256 (hex) of the report. */
  readonly digest: string;
  /** Part of the report, from 0; (digest, chunk) names this contribution. */
  readonly chunk: number;
  /** Payload that the report belongs to; contributions of one payload add up. */
  readonly payload: string;
  /** Date of the payload; of two payloads that overlap the later wins, then the larger digest. */
  readonly payload_date: number;
  /** True when nothing more of this object follows from this report. */
  readonly complete: boolean;
  /** With complete: the latest interval end of this object in the whole report. */
  readonly report_end: number | null;
  /** Partial intervals in columns; may be 0 when complete. */
  readonly intervals: number;
  /** CSV rows that went into them. */
  readonly rows: number;
  /** Packed columns (layout: schemas/codec/columns.ts), each with one number per partial interval, in interval order: interval_end (ms), interval_start (ms), rows (n), then cpu_request_container_avg, cpu_request_container_sum, cpu_limit_container_avg, cpu_limit_container_sum, cpu_usage_container_avg, cpu_usage_container_min, cpu_usage_container_max, cpu_usage_container_sum, cpu_throttle_container_avg, cpu_throttle_container_max, cpu_throttle_container_sum, memory_request_container_avg, memory_request_container_sum, memory_limit_container_avg, memory_limit_container_sum, memory_usage_container_avg, memory_usage_container_min, memory_usage_container_max, memory_usage_container_sum, memory_rss_usage_container_avg, memory_rss_usage_container_min, memory_rss_usage_container_max, memory_rss_usage_container_sum. _avg columns hold the sum of the rows (divide by n), _sum the sum, _min and _max the extremes; NaN = not reported. */
  readonly columns: Buffer;
  /** Models of accelerators (GPUs) that its intervals name, sorted. */
  readonly accelerator_models: readonly string[];
  /** Packed columns, one number per partial interval that tells of an accelerator, in interval order: interval_end (ms), core usage and memory copy (per cent), frame buffer as it was sent, each the greatest of the rows; index into accelerator_models. NaN = not reported; null = no interval tells of one. */
  readonly accelerators: Buffer | null;
}

/** What one namespace used, one partial per interval, from one part of one report. */
export interface NamespaceUsageReported {
  /** Organisation that owns the data; every read and write is scoped by it. */
  readonly org_id: string;
  /** Cluster that was observed, as text: usually a UUID, lower case. */
  readonly cluster_id: string;
  /** Name of the cluster for people. */
  readonly cluster_alias: string | null;
  /** Source of the cluster. */
  readonly source_id: string | null;
  /** Kubernetes namespace. */
  readonly namespace: string;
  /** Upload, as a UUID assigned when its bytes were accepted. */
  readonly upload_id: string;
  /** sha256 (hex) of the report. */
  readonly digest: string;
  /** Part of the report, from 0; (digest, chunk) names this contribution. */
  readonly chunk: number;
  /** Payload that the report belongs to; contributions of one payload add up. */
  readonly payload: string;
  /** Date of the payload; of two payloads that overlap the later wins, then the larger digest. */
  readonly payload_date: number;
  /** True when nothing more of this object follows from this report. */
  readonly complete: boolean;
  /** With complete: the latest interval end of this object in the whole report. */
  readonly report_end: number | null;
  /** Partial intervals in columns; may be 0 when complete. */
  readonly intervals: number;
  /** CSV rows that went into them. */
  readonly rows: number;
  /** Packed columns (layout: schemas/codec/columns.ts), each with one number per partial interval, in interval order: interval_end (ms), interval_start (ms), rows (n), then cpu_request_namespace_sum, cpu_limit_namespace_sum, cpu_usage_namespace_avg, cpu_usage_namespace_max, cpu_usage_namespace_min, cpu_throttle_namespace_avg, cpu_throttle_namespace_max, cpu_throttle_namespace_min, memory_request_namespace_sum, memory_limit_namespace_sum, memory_usage_namespace_avg, memory_usage_namespace_max, memory_usage_namespace_min, memory_rss_usage_namespace_avg, memory_rss_usage_namespace_max, memory_rss_usage_namespace_min, namespace_running_pods_max, namespace_running_pods_avg, namespace_total_pods_max, namespace_total_pods_avg. _avg columns hold the sum of the rows (divide by n), _sum the sum, _min and _max the extremes; NaN = not reported. */
  readonly columns: Buffer;
}

/** Every event type by name. */
export interface Events {
  ClusterRemoved: ClusterRemoved;
  ReportRead: ReportRead;
  RowsRejected: RowsRejected;
  SourceApplicationDestroyed: SourceApplicationDestroyed;
  UploadOpened: UploadOpened;
  UploadReceived: UploadReceived;
  UploadRefused: UploadRefused;
  UsageReportFound: UsageReportFound;
  UsageReportRepeated: UsageReportRepeated;
  HistoryExpired: HistoryExpired;
  RecordDied: RecordDied;
  RecordDiscarded: RecordDiscarded;
  RecordRedriven: RecordRedriven;
  RetentionSet: RetentionSet;
  Ticked: Ticked;
  ContentionRaised: ContentionRaised;
  DeploymentGone: DeploymentGone;
  DeploymentObserved: DeploymentObserved;
  DriftFound: DriftFound;
  LoadReported: LoadReported;
  NamespaceLimitsObserved: NamespaceLimitsObserved;
  NodeGone: NodeGone;
  NodeLost: NodeLost;
  NodeObserved: NodeObserved;
  NodeRegained: NodeRegained;
  NodesForgotten: NodesForgotten;
  NodesRegistered: NodesRegistered;
  NodesRemovalRequested: NodesRemovalRequested;
  NodesRemoved: NodesRemoved;
  NodesRequested: NodesRequested;
  ObjectApplied: ObjectApplied;
  ObjectFailed: ObjectFailed;
  ObjectRefused: ObjectRefused;
  ObjectRemoved: ObjectRemoved;
  PlacementDecided: PlacementDecided;
  PlacementRefused: PlacementRefused;
  PlacingRequested: PlacingRequested;
  PlacingSet: PlacingSet;
  PodGone: PodGone;
  PodObserved: PodObserved;
  ProfileRecorded: ProfileRecorded;
  ReplicaReleased: ReplicaReleased;
  ResizeAcceptRequested: ResizeAcceptRequested;
  ResizeAdvised: ResizeAdvised;
  ResizeApplied: ResizeApplied;
  ResizeDecided: ResizeDecided;
  ResizeFailed: ResizeFailed;
  ResizeHeld: ResizeHeld;
  ResizeInfeasible: ResizeInfeasible;
  ResizeProposalClosed: ResizeProposalClosed;
  ResizeProposed: ResizeProposed;
  ResizeRefused: ResizeRefused;
  ResizeRolledBack: ResizeRolledBack;
  ResizingRefused: ResizingRefused;
  ResizingRemoved: ResizingRemoved;
  ResizingRequested: ResizingRequested;
  ResizingSet: ResizingSet;
  ScalingHeld: ScalingHeld;
  ScalingRemovalRequested: ScalingRemovalRequested;
  ScalingRemoved: ScalingRemoved;
  ScalingRequested: ScalingRequested;
  ScalingSet: ScalingSet;
  ServiceNeedsRequested: ServiceNeedsRequested;
  ServiceScaled: ServiceScaled;
  ServicesRegistered: ServicesRegistered;
  ServicesRemovalRequested: ServicesRemovalRequested;
  ServicesRemoved: ServicesRemoved;
  ServicesRequested: ServicesRequested;
  ThrottlingReported: ThrottlingReported;
  Unplaceable: Unplaceable;
  WorkloadGone: WorkloadGone;
  WorkloadObserved: WorkloadObserved;
  EnginePoliciesChanged: EnginePoliciesChanged;
  EnginePolicyRefused: EnginePolicyRefused;
  EnginePolicyRemoved: EnginePolicyRemoved;
  EnginePolicyRequested: EnginePolicyRequested;
  EnginePolicySet: EnginePolicySet;
  ExperimentRecommendationMade: ExperimentRecommendationMade;
  ExperimentRefused: ExperimentRefused;
  ExperimentRegistered: ExperimentRegistered;
  ExperimentRemovalRequested: ExperimentRemovalRequested;
  ExperimentRemoved: ExperimentRemoved;
  ExperimentRequested: ExperimentRequested;
  PerformanceProfileRefused: PerformanceProfileRefused;
  PerformanceProfileRegistered: PerformanceProfileRegistered;
  PerformanceProfileRemovalRequested: PerformanceProfileRemovalRequested;
  PerformanceProfileRemoved: PerformanceProfileRemoved;
  PerformanceProfileRequested: PerformanceProfileRequested;
  PoliciesApplicationDue: PoliciesApplicationDue;
  PoliciesApplied: PoliciesApplied;
  RecommendationMade: RecommendationMade;
  RecommendationsRequested: RecommendationsRequested;
  ResultsPosted: ResultsPosted;
  ResultsRecorded: ResultsRecorded;
  SourceExperimentsRemovalRequested: SourceExperimentsRemovalRequested;
  SourceExperimentsRemoved: SourceExperimentsRemoved;
  ClusterUsageRemoved: ClusterUsageRemoved;
  ContainerUsageReported: ContainerUsageReported;
  NamespaceUsageReported: NamespaceUsageReported;
}

/** Name of an event type. */
export type EventName = keyof Events;

/** The Avro schema of each event type, and the context that it belongs to. */
export const eventSchemas: Record<EventName, { readonly context: string; readonly fullName: string; readonly avro: string }> = {
  ClusterRemoved: { context: 'intake', fullName: 'rightstream.intake.ClusterRemoved', avro: "{\"type\":\"record\",\"name\":\"ClusterRemoved\",\"namespace\":\"rightstream.intake\",\"doc\":\"A cluster of a source that is gone: what it reported is removed; what it reports from now on counts anew.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster, as text: usually a UUID, lower case.\"},{\"name\":\"source_id\",\"type\":\"string\",\"doc\":\"Source of the platform that is gone.\"}]}" },
  ReportRead: { context: 'intake', fullName: 'rightstream.intake.ReportRead', avro: "{\"type\":\"record\",\"name\":\"ReportRead\",\"namespace\":\"rightstream.intake\",\"doc\":\"A report was read to its end (or refused as a whole): the account of its rows.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"File name, for people.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"container or namespace.\"},{\"name\":\"position\",\"type\":\"int\",\"doc\":\"Position of the file in the upload, from 0.\"},{\"name\":\"code\",\"type\":[\"null\",\"string\"],\"doc\":\"Why the whole file was refused, as a stable code; null when it was read.\",\"default\":null},{\"name\":\"message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people.\",\"default\":null},{\"name\":\"rows\",\"type\":\"long\",\"doc\":\"Data rows in the file.\"},{\"name\":\"accepted\",\"type\":\"long\",\"doc\":\"Rows that became usage.\"},{\"name\":\"rejected\",\"type\":\"long\",\"doc\":\"Rows that were set aside with a reason.\"},{\"name\":\"reasons\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RejectionCount\",\"doc\":\"How often one reason occurred.\",\"fields\":[{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Rows rejected for it.\"}]}},\"doc\":\"Exact counts by reason, sorted by code.\"},{\"name\":\"groups\",\"type\":\"long\",\"doc\":\"Distinct (container or namespace, interval) groups after merging.\"},{\"name\":\"workloads\",\"type\":\"long\",\"doc\":\"Distinct workloads (or namespaces).\"},{\"name\":\"first_interval_start\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Earliest interval start among accepted rows.\",\"default\":null},{\"name\":\"last_interval_end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Latest interval end among accepted rows.\",\"default\":null}]}" },
  RowsRejected: { context: 'intake', fullName: 'rightstream.intake.RowsRejected', avro: "{\"type\":\"record\",\"name\":\"RowsRejected\",\"namespace\":\"rightstream.intake\",\"doc\":\"Rows of one report that were set aside; the first 1,000 per file and code.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"File name, for people.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"container or namespace.\"},{\"name\":\"rows\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RejectedRow\",\"doc\":\"One row and why.\",\"fields\":[{\"name\":\"row\",\"type\":\"long\",\"doc\":\"Data row, from 1; the header is row 0.\"},{\"name\":\"column\",\"type\":[\"null\",\"string\"],\"doc\":\"Column at fault, when there is one.\",\"default\":null},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Why, as a stable code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The same for people.\"},{\"name\":\"excerpt\",\"type\":\"string\",\"doc\":\"The start of the row, at most 200 characters.\"}]}},\"doc\":\"The rows in file order.\"}]}" },
  SourceApplicationDestroyed: { context: 'intake', fullName: 'rightstream.intake.SourceApplicationDestroyed', avro: "{\"type\":\"record\",\"name\":\"SourceApplicationDestroyed\",\"namespace\":\"rightstream.intake\",\"doc\":\"The platform gave up cost management of a source: what its clusters reported is to be removed.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"source_id\",\"type\":\"string\",\"doc\":\"Source of the platform that is gone.\"},{\"name\":\"application_id\",\"type\":\"string\",\"doc\":\"Application of the source, as the platform numbers it.\"},{\"name\":\"application_type_id\",\"type\":\"string\",\"doc\":\"Its type: the one of cost management.\"}]}" },
  UploadOpened: { context: 'intake', fullName: 'rightstream.intake.UploadOpened', avro: "{\"type\":\"record\",\"name\":\"UploadOpened\",\"namespace\":\"rightstream.intake\",\"doc\":\"An upload was read through once: what is in it, and what of it can be read.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the stored bytes.\"},{\"name\":\"format\",\"type\":\"string\",\"doc\":\"archive (tar.gz) or csv, or gzip (one compressed CSV).\"},{\"name\":\"manifest\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Manifest\",\"doc\":\"What manifest.json says of the payload.\",\"fields\":[{\"name\":\"uuid\",\"type\":\"string\",\"doc\":\"Payload identity; split payloads share it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that made the payload; lower case.\"},{\"name\":\"date\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the payload was made.\"},{\"name\":\"version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version of the program that made it.\",\"default\":null},{\"name\":\"start\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"First moment covered.\",\"default\":null},{\"name\":\"end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Last moment covered.\",\"default\":null}]}],\"doc\":\"The manifest; null for a bare file.\",\"default\":null},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people.\",\"default\":null},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source of the cluster.\",\"default\":null},{\"name\":\"files\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"UploadedFile\",\"doc\":\"One member of the upload that may be a report.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Member name, or the file name for a bare file; shown, never used as a path.\"},{\"name\":\"member\",\"type\":[\"null\",\"int\"],\"doc\":\"Position of the member in the archive, from 0; null for a bare file.\",\"default\":null},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"container or namespace (by the header line), or other: not a usage report.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the uncompressed bytes; empty when they were not read.\"},{\"name\":\"size\",\"type\":\"long\",\"doc\":\"Uncompressed bytes.\"},{\"name\":\"code\",\"type\":[\"null\",\"string\"],\"doc\":\"Why the file will not be read, as a stable code.\",\"default\":null},{\"name\":\"message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people, with the next step.\",\"default\":null}]}},\"doc\":\"Every listed or found file, in archive order.\"}]}" },
  UploadReceived: { context: 'intake', fullName: 'rightstream.intake.UploadReceived', avro: "{\"type\":\"record\",\"name\":\"UploadReceived\",\"namespace\":\"rightstream.intake\",\"doc\":\"Bytes were accepted and stored; the answer 202 stands for this event.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Request id of the client, or one that was assigned; one request has one effect.\"},{\"name\":\"account\",\"type\":[\"null\",\"string\"],\"doc\":\"Account number of the identity, when it has one.\",\"default\":null},{\"name\":\"channel\",\"type\":\"string\",\"doc\":\"How it came: http or cli.\"},{\"name\":\"filename\",\"type\":\"string\",\"doc\":\"Name that the client gave the file; shown, never used as a path.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the stored bytes; names the blob together with the organisation.\"},{\"name\":\"size\",\"type\":\"long\",\"doc\":\"Stored bytes.\"},{\"name\":\"media_type\",\"type\":\"string\",\"doc\":\"Content type that the client declared.\"},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source that the client named, for files that do not say it themselves.\",\"default\":null},{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that the client named, for bare CSV files; lower case.\",\"default\":null},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people, when the client gave one.\",\"default\":null},{\"name\":\"received_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the bytes were stored, by the clock of the receiver.\"}]}" },
  UploadRefused: { context: 'intake', fullName: 'rightstream.intake.UploadRefused', avro: "{\"type\":\"record\",\"name\":\"UploadRefused\",\"namespace\":\"rightstream.intake\",\"doc\":\"An upload cannot be read at all; nothing of it has an effect.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the stored bytes.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Why, as a stable code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The same for people, with the coordinates and the next step.\"}]}" },
  UsageReportFound: { context: 'intake', fullName: 'rightstream.intake.UsageReportFound', avro: "{\"type\":\"record\",\"name\":\"UsageReportFound\",\"namespace\":\"rightstream.intake\",\"doc\":\"A report that was not seen before is to be read.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the uncompressed bytes; with organisation and cluster it is the identity of the report.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"File name, for people.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"container or namespace.\"},{\"name\":\"position\",\"type\":\"int\",\"doc\":\"Position of the file in the upload, from 0.\"},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people.\",\"default\":null},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source of the cluster.\",\"default\":null},{\"name\":\"blob\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the stored upload that contains the report.\"},{\"name\":\"format\",\"type\":\"string\",\"doc\":\"archive, csv or gzip: how to get from the blob to the report.\"},{\"name\":\"member\",\"type\":[\"null\",\"int\"],\"doc\":\"Position of the member in the archive, from 0.\",\"default\":null},{\"name\":\"size\",\"type\":\"long\",\"doc\":\"Uncompressed bytes.\"},{\"name\":\"payload\",\"type\":\"string\",\"doc\":\"Payload uuid, or the digest for a bare file: files of one payload add up, others replace each other.\"},{\"name\":\"payload_date\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Date of the payload; of two that overlap the later wins. 0 for bare files: the oldest.\"}]}" },
  UsageReportRepeated: { context: 'intake', fullName: 'rightstream.intake.UsageReportRepeated', avro: "{\"type\":\"record\",\"name\":\"UsageReportRepeated\",\"namespace\":\"rightstream.intake\",\"doc\":\"A report that was found before in the same cluster; it has no second effect.\",\"fields\":[{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload that repeats it.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the uncompressed bytes.\"},{\"name\":\"position\",\"type\":\"int\",\"doc\":\"Position of the file in the upload, from 0.\"},{\"name\":\"first_upload_id\",\"type\":\"string\",\"doc\":\"Upload that brought it first.\"}]}" },
  HistoryExpired: { context: 'operations', fullName: 'rightstream.operations.HistoryExpired', avro: "{\"type\":\"record\",\"name\":\"HistoryExpired\",\"namespace\":\"rightstream.operations\",\"doc\":\"Rows of one partition that are older than a time are removed, and what is that old counts no more.\",\"fields\":[{\"name\":\"rows_of\",\"type\":\"string\",\"doc\":\"Which rows, see schemas/retention.ts.\"},{\"name\":\"before\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Start of the first UTC day that is kept.\"}]}" },
  RecordDied: { context: 'operations', fullName: 'rightstream.operations.RecordDied', avro: "{\"type\":\"record\",\"name\":\"RecordDied\",\"namespace\":\"rightstream.operations\",\"doc\":\"A unit set a record aside for good, with the reason; later records go on.\",\"fields\":[{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"Stream or projection that could not process it.\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Topic of the record.\"},{\"name\":\"partition\",\"type\":\"int\",\"doc\":\"Partition of the record.\"},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Offset of the record.\"},{\"name\":\"event_id\",\"type\":\"string\",\"doc\":\"Id of the event, as far as it could be read.\"},{\"name\":\"event_type\",\"type\":\"string\",\"doc\":\"Type of the event, as far as it could be read.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation, from the headers; empty when unknown.\"},{\"name\":\"key\",\"type\":[\"null\",\"string\"],\"doc\":\"Key of the record.\",\"default\":null},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Why, as a stable code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The same for people, with coordinates and the next step.\"},{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Headers of the record.\"},{\"name\":\"value\",\"type\":[\"null\",\"bytes\"],\"doc\":\"The bytes of the record; null when they were too large or a tombstone.\",\"default\":null}]}" },
  RecordDiscarded: { context: 'operations', fullName: 'rightstream.operations.RecordDiscarded', avro: "{\"type\":\"record\",\"name\":\"RecordDiscarded\",\"namespace\":\"rightstream.operations\",\"doc\":\"A dead record was given up on purpose: it counts as dead no longer.\",\"fields\":[{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"Unit that set it aside.\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Topic of the dead record.\"},{\"name\":\"partition\",\"type\":\"int\",\"doc\":\"Partition of the dead record.\"},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Offset of the dead record.\"},{\"name\":\"attempt\",\"type\":\"int\",\"doc\":\"How often it had been redriven.\"},{\"name\":\"by\",\"type\":\"string\",\"doc\":\"Who gave it up.\"},{\"name\":\"host\",\"type\":\"string\",\"doc\":\"Machine from which it was asked for.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Why, as the person put it.\"}]}" },
  RecordRedriven: { context: 'operations', fullName: 'rightstream.operations.RecordRedriven', avro: "{\"type\":\"record\",\"name\":\"RecordRedriven\",\"namespace\":\"rightstream.operations\",\"doc\":\"A dead record, or an edited copy of it, was handed to the retry topic of its unit.\",\"fields\":[{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"Unit that gets it again.\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Topic of the dead record.\"},{\"name\":\"partition\",\"type\":\"int\",\"doc\":\"Partition of the dead record.\"},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Offset of the dead record.\"},{\"name\":\"attempt\",\"type\":\"int\",\"doc\":\"How often it was redriven, from 1.\"},{\"name\":\"by\",\"type\":\"string\",\"doc\":\"Who asked for it.\"},{\"name\":\"edited\",\"type\":\"boolean\",\"doc\":\"An edited copy was handed in, not the record itself.\",\"default\":false},{\"name\":\"event_id\",\"type\":\"string\",\"doc\":\"Id of the event that was handed in; of an edited copy its own.\",\"default\":\"\"},{\"name\":\"value_sha256\",\"type\":\"string\",\"doc\":\"sha256 of the bytes that were handed in, hexadecimal.\",\"default\":\"\"},{\"name\":\"host\",\"type\":\"string\",\"doc\":\"Machine from which it was asked for.\",\"default\":\"\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Why, as the person put it; empty when nothing was said.\",\"default\":\"\"}]}" },
  RetentionSet: { context: 'operations', fullName: 'rightstream.operations.RetentionSet', avro: "{\"type\":\"record\",\"name\":\"RetentionSet\",\"namespace\":\"rightstream.operations\",\"doc\":\"Written to every partition: how long rows are kept from now on.\",\"fields\":[{\"name\":\"rows_of\",\"type\":\"string\",\"doc\":\"Which rows, see schemas/retention.ts; * for all that have no period of their own.\"},{\"name\":\"days\",\"type\":[\"null\",\"int\"],\"doc\":\"Days that they are kept; null takes the period back.\",\"default\":null}]}" },
  Ticked: { context: 'operations', fullName: 'rightstream.operations.Ticked', avro: "{\"type\":\"record\",\"name\":\"Ticked\",\"namespace\":\"rightstream.operations\",\"doc\":\"Time has passed: written to every partition once a minute, one and not a burst after a pause.\",\"fields\":[{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Start of the minute.\"}]}" },
  ContentionRaised: { context: 'placement', fullName: 'rightstream.placement.ContentionRaised', avro: "{\"type\":\"record\",\"name\":\"ContentionRaised\",\"namespace\":\"rightstream.placement\",\"doc\":\"A service was slowed by what shared its node, compared with what it does alone.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service that was profiled.\"},{\"name\":\"plan\",\"type\":\"string\",\"doc\":\"Plan that the run is of; empty: the profile is of logs that were made otherwise.\"},{\"name\":\"run\",\"type\":\"string\",\"doc\":\"Run within the plan; empty as the plan.\"},{\"name\":\"slowdown\",\"type\":\"double\",\"doc\":\"Median latency over the one alone.\"},{\"name\":\"from_request\",\"type\":\"int\",\"doc\":\"First slow request of the log, from 0.\"},{\"name\":\"to_request\",\"type\":[\"null\",\"int\"],\"default\":null,\"doc\":\"First request after them; null: it lasted to the end of the log.\"}]}" },
  DeploymentGone: { context: 'placement', fullName: 'rightstream.placement.DeploymentGone', avro: "{\"type\":\"record\",\"name\":\"DeploymentGone\",\"namespace\":\"rightstream.placement\",\"doc\":\"A Deployment is gone.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"uid\",\"type\":\"string\",\"doc\":\"Identity of the object.\"},{\"name\":\"resource_version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  DeploymentObserved: { context: 'placement', fullName: 'rightstream.placement.DeploymentObserved', avro: "{\"type\":\"record\",\"name\":\"DeploymentObserved\",\"namespace\":\"rightstream.placement\",\"doc\":\"A Deployment of a service, as the cluster shows it.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: the cluster chooses.\",\"default\":null},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"uid\",\"type\":\"string\",\"doc\":\"Identity of the object.\"},{\"name\":\"resource_version\",\"type\":\"string\",\"doc\":\"Version of the object; of two of one uid the higher one is newer.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Replicas that it wants.\"},{\"name\":\"ready\",\"type\":\"int\",\"doc\":\"Pods of it that are ready.\"},{\"name\":\"updated\",\"type\":\"int\",\"doc\":\"Pods of it that follow its latest template.\"},{\"name\":\"settled\",\"type\":\"boolean\",\"doc\":\"The cluster has taken note of its latest version.\"},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"doc\":\"Stable code of what is wrong; null: nothing.\",\"default\":null},{\"name\":\"message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people, with what to do next.\",\"default\":null},{\"name\":\"decision\",\"type\":[\"null\",\"long\"],\"doc\":\"Decision that it says that it follows from; null: none.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  DriftFound: { context: 'placement', fullName: 'rightstream.placement.DriftFound', avro: "{\"type\":\"record\",\"name\":\"DriftFound\",\"namespace\":\"rightstream.placement\",\"doc\":\"An object in the cluster was changed by somebody else.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"Kind of the object, such as Deployment.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service that it is for; null: none.\",\"default\":null},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: none.\",\"default\":null},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Last decision of the cluster that it follows from.\"},{\"name\":\"position\",\"type\":\"long\",\"doc\":\"How far of the cluster had been read; of two outcomes the one with the higher position counts.\"},{\"name\":\"fields\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Paths of the fields that differ.\"},{\"name\":\"action\",\"type\":\"string\",\"doc\":\"put-back or adopted.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  LoadReported: { context: 'placement', fullName: 'rightstream.placement.LoadReported', avro: "{\"type\":\"record\",\"name\":\"LoadReported\",\"namespace\":\"rightstream.placement\",\"doc\":\"What a service had to do at some time.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was measured.\"},{\"name\":\"rate\",\"type\":\"double\",\"doc\":\"Requests/s that arrive.\"},{\"name\":\"throughput\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Requests/s that one replica can handle, where it is measured.\"},{\"name\":\"queue\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Requests that wait.\"},{\"name\":\"served\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Requests/s that all ready replicas together finish.\"},{\"name\":\"replicas\",\"type\":[\"null\",\"int\"],\"default\":null,\"doc\":\"Replicas that are ready.\"}]}" },
  NamespaceLimitsObserved: { context: 'placement', fullName: 'rightstream.placement.NamespaceLimitsObserved', avro: "{\"type\":\"record\",\"name\":\"NamespaceLimitsObserved\",\"namespace\":\"rightstream.placement\",\"doc\":\"Quotas and limit ranges of a namespace; said when they change.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"quotas\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ObservedQuota\",\"doc\":\"One resource of one quota.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"ResourceQuota.\"},{\"name\":\"resource\",\"type\":\"string\",\"doc\":\"requests.cpu, limits.cpu, requests.memory or limits.memory.\"},{\"name\":\"hard\",\"type\":\"long\",\"doc\":\"At most; millicores or bytes.\"},{\"name\":\"used\",\"type\":\"long\",\"doc\":\"In use; millicores or bytes.\"}]}},\"doc\":\"What ResourceQuotas leave.\"},{\"name\":\"ranges\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ObservedRange\",\"doc\":\"One resource of one rule.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"LimitRange.\"},{\"name\":\"type\",\"type\":\"string\",\"doc\":\"Container or Pod.\"},{\"name\":\"resource\",\"type\":\"string\",\"doc\":\"cpu or memory.\"},{\"name\":\"min\",\"type\":[\"null\",\"long\"],\"doc\":\"At least; millicores or bytes.\",\"default\":null},{\"name\":\"max\",\"type\":[\"null\",\"long\"],\"doc\":\"At most; millicores or bytes.\",\"default\":null},{\"name\":\"ratio\",\"type\":[\"null\",\"double\"],\"doc\":\"Limit by request, at most.\",\"default\":null}]}},\"doc\":\"Rules of LimitRanges.\"}]}" },
  NodeGone: { context: 'placement', fullName: 'rightstream.placement.NodeGone', avro: "{\"type\":\"record\",\"name\":\"NodeGone\",\"namespace\":\"rightstream.placement\",\"doc\":\"The cluster has no node of this name, or not any more.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Name.\"},{\"name\":\"uid\",\"type\":[\"null\",\"string\"],\"doc\":\"Identity that it had; null: it was never seen.\",\"default\":null},{\"name\":\"resource_version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  NodeLost: { context: 'placement', fullName: 'rightstream.placement.NodeLost', avro: "{\"type\":\"record\",\"name\":\"NodeLost\",\"namespace\":\"rightstream.placement\",\"doc\":\"A node was not ready for too long: it takes nothing, and what it carries is placed elsewhere.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Name.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"NODE_NOT_READY.\"},{\"name\":\"since\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Not ready since.\"},{\"name\":\"not_ready_seconds\",\"type\":\"int\",\"doc\":\"Seconds that it was given.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Time that this was decided for.\"}]}" },
  NodeObserved: { context: 'placement', fullName: 'rightstream.placement.NodeObserved', avro: "{\"type\":\"record\",\"name\":\"NodeObserved\",\"namespace\":\"rightstream.placement\",\"doc\":\"A node of the cluster, as the cluster shows it.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Name; the value of its label kubernetes.io/hostname where it has one.\"},{\"name\":\"uid\",\"type\":\"string\",\"doc\":\"Identity of the object; another one is another node of the same name.\"},{\"name\":\"resource_version\",\"type\":\"string\",\"doc\":\"Version of the object; of two of one uid the higher one is newer.\"},{\"name\":\"created_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the object was made.\"},{\"name\":\"ready\",\"type\":\"boolean\",\"doc\":\"Its condition Ready is true.\"},{\"name\":\"unschedulable\",\"type\":\"boolean\",\"doc\":\"true: cordoned, it takes nothing new.\"},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"doc\":\"Stable code of what is wrong; null: nothing.\",\"default\":null},{\"name\":\"message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people, with what to do next.\",\"default\":null},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores that pods may take; 0: not told.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"MB that pods may take; 0: not told.\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Labels.\"},{\"name\":\"taints\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ObservedTaint\",\"doc\":\"A taint as Kubernetes means it.\",\"fields\":[{\"name\":\"key\",\"type\":\"string\",\"doc\":\"Key.\"},{\"name\":\"value\",\"type\":[\"null\",\"string\"],\"doc\":\"Value.\"},{\"name\":\"effect\",\"type\":\"string\",\"doc\":\"NoSchedule, PreferNoSchedule or NoExecute.\"}]}},\"doc\":\"Taints.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  NodeRegained: { context: 'placement', fullName: 'rightstream.placement.NodeRegained', avro: "{\"type\":\"record\",\"name\":\"NodeRegained\",\"namespace\":\"rightstream.placement\",\"doc\":\"A lost node has been ready for long enough: it takes replicas again.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Name.\"},{\"name\":\"since\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Ready since.\"},{\"name\":\"not_ready_seconds\",\"type\":\"int\",\"doc\":\"Seconds that were waited for.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Time that this was decided for.\"}]}" },
  NodesForgotten: { context: 'placement', fullName: 'rightstream.placement.NodesForgotten', avro: "{\"type\":\"record\",\"name\":\"NodesForgotten\",\"namespace\":\"rightstream.placement\",\"doc\":\"Nodes that went long ago and that nobody declares are remembered no longer, for too many have gone.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"nodes\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ForgottenNode\",\"doc\":\"A node that is forgotten.\",\"fields\":[{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Name.\"},{\"name\":\"since\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Gone since.\"}]}},\"doc\":\"Those that went first; at most 500.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Time that this was decided for.\"}]}" },
  NodesRegistered: { context: 'placement', fullName: 'rightstream.placement.NodesRegistered', avro: "{\"type\":\"record\",\"name\":\"NodesRegistered\",\"namespace\":\"rightstream.placement\",\"doc\":\"Nodes count from here on.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"nodes\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredNode\",\"doc\":\"A node: what it can carry.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"The value of its label kubernetes.io/hostname; unique within the cluster.\"},{\"name\":\"mac\",\"type\":[\"null\",\"string\"],\"doc\":\"Hardware address.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"Memory that may be resident, MB.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Per cent of each core that may be given away.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredAccelerator\",\"doc\":\"A device.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Name of the device on its node.\"},{\"name\":\"type\",\"type\":\"string\",\"doc\":\"As services ask for it.\"},{\"name\":\"capacity\",\"type\":\"int\",\"doc\":\"Per cent that may be given away.\"}]}},\"doc\":\"Devices.\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Labels, kubernetes.io/hostname included.\"},{\"name\":\"taints\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredTaint\",\"doc\":\"A taint as Kubernetes means it.\",\"fields\":[{\"name\":\"key\",\"type\":\"string\",\"doc\":\"Key.\"},{\"name\":\"value\",\"type\":[\"null\",\"string\"],\"doc\":\"Value.\"},{\"name\":\"effect\",\"type\":\"string\",\"doc\":\"NoSchedule, PreferNoSchedule or NoExecute.\"}]}},\"doc\":\"Taints.\"},{\"name\":\"schedulable\",\"type\":\"boolean\",\"doc\":\"false: nothing new comes to it.\"}]}},\"doc\":\"Nodes that are new or changed.\"},{\"name\":\"outcomes\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"NodeOutcome\",\"doc\":\"What became of one node.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"added, updated or unchanged.\"}]}},\"doc\":\"Every node of the wish, in its order.\"}]}" },
  NodesRemovalRequested: { context: 'placement', fullName: 'rightstream.placement.NodesRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"NodesRemovalRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants nodes to be forgotten.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"nodes\",\"type\":[\"null\",{\"type\":\"array\",\"items\":\"string\"}],\"doc\":\"Names; null: all.\"}]}" },
  NodesRemoved: { context: 'placement', fullName: 'rightstream.placement.NodesRemoved', avro: "{\"type\":\"record\",\"name\":\"NodesRemoved\",\"namespace\":\"rightstream.placement\",\"doc\":\"Nodes are gone.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"nodes\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Names of those that were there.\"},{\"name\":\"missing\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Names of the wish that were not there.\"}]}" },
  NodesRequested: { context: 'placement', fullName: 'rightstream.placement.NodesRequested', avro: "{\"type\":\"record\",\"name\":\"NodesRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants nodes to be known, or known otherwise.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"nodes\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedNode\",\"doc\":\"A node: what it can carry.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"The value of its label kubernetes.io/hostname; unique within the cluster.\"},{\"name\":\"mac\",\"type\":[\"null\",\"string\"],\"doc\":\"Hardware address.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"Memory that may be resident, MB.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Per cent of each core that may be given away.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedAccelerator\",\"doc\":\"A device.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Name of the device on its node.\"},{\"name\":\"type\",\"type\":\"string\",\"doc\":\"As services ask for it.\"},{\"name\":\"capacity\",\"type\":\"int\",\"doc\":\"Per cent that may be given away.\"}]}},\"doc\":\"Devices.\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Labels, kubernetes.io/hostname included.\"},{\"name\":\"taints\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedTaint\",\"doc\":\"A taint as Kubernetes means it.\",\"fields\":[{\"name\":\"key\",\"type\":\"string\",\"doc\":\"Key.\"},{\"name\":\"value\",\"type\":[\"null\",\"string\"],\"doc\":\"Value.\"},{\"name\":\"effect\",\"type\":\"string\",\"doc\":\"NoSchedule, PreferNoSchedule or NoExecute.\"}]}},\"doc\":\"Taints.\"},{\"name\":\"schedulable\",\"type\":\"boolean\",\"doc\":\"false: nothing new comes to it.\"}]}},\"doc\":\"Nodes; those that are known by name are changed.\"}]}" },
  ObjectApplied: { context: 'placement', fullName: 'rightstream.placement.ObjectApplied', avro: "{\"type\":\"record\",\"name\":\"ObjectApplied\",\"namespace\":\"rightstream.placement\",\"doc\":\"An object in the cluster is as it was decided.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"Kind of the object, such as Deployment.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service that it is for; null: none.\",\"default\":null},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: none.\",\"default\":null},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Last decision of the cluster that it follows from.\"},{\"name\":\"position\",\"type\":\"long\",\"doc\":\"How far of the cluster had been read; of two outcomes the one with the higher position counts.\"},{\"name\":\"change\",\"type\":\"string\",\"doc\":\"created, configured or put-back.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  ObjectFailed: { context: 'placement', fullName: 'rightstream.placement.ObjectFailed', avro: "{\"type\":\"record\",\"name\":\"ObjectFailed\",\"namespace\":\"rightstream.placement\",\"doc\":\"An object could not be applied or removed for now; it is tried again.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"Kind of the object, such as Deployment.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service that it is for; null: none.\",\"default\":null},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: none.\",\"default\":null},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Last decision of the cluster that it follows from.\"},{\"name\":\"position\",\"type\":\"long\",\"doc\":\"How far of the cluster had been read; of two outcomes the one with the higher position counts.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"},{\"name\":\"http_status\",\"type\":[\"null\",\"int\"],\"doc\":\"Status that the cluster answered with; null: none.\",\"default\":null},{\"name\":\"attempts\",\"type\":\"int\",\"doc\":\"Attempts so far.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  ObjectRefused: { context: 'placement', fullName: 'rightstream.placement.ObjectRefused', avro: "{\"type\":\"record\",\"name\":\"ObjectRefused\",\"namespace\":\"rightstream.placement\",\"doc\":\"The cluster refused an object; it is tried again when what is wanted changes.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"Kind of the object, such as Deployment.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service that it is for; null: none.\",\"default\":null},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: none.\",\"default\":null},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Last decision of the cluster that it follows from.\"},{\"name\":\"position\",\"type\":\"long\",\"doc\":\"How far of the cluster had been read; of two outcomes the one with the higher position counts.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"},{\"name\":\"http_status\",\"type\":[\"null\",\"int\"],\"doc\":\"Status that the cluster answered with; null: none.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  ObjectRemoved: { context: 'placement', fullName: 'rightstream.placement.ObjectRemoved', avro: "{\"type\":\"record\",\"name\":\"ObjectRemoved\",\"namespace\":\"rightstream.placement\",\"doc\":\"An object that is not wanted any more was removed from the cluster.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"Kind of the object, such as Deployment.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service that it is for; null: none.\",\"default\":null},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is for; null: none.\",\"default\":null},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Last decision of the cluster that it follows from.\"},{\"name\":\"position\",\"type\":\"long\",\"doc\":\"How far of the cluster had been read; of two outcomes the one with the higher position counts.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  PlacementDecided: { context: 'placement', fullName: 'rightstream.placement.PlacementDecided', avro: "{\"type\":\"record\",\"name\":\"PlacementDecided\",\"namespace\":\"rightstream.placement\",\"doc\":\"A replica has a place.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"replica\",\"type\":\"int\",\"doc\":\"Number of the replica within its service, from 0.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Node.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster; grows by one.\"},{\"name\":\"strategy\",\"type\":\"string\",\"doc\":\"Strategy that chose; empty where the replica stayed and takes another share.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores that it takes.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"MB that it takes.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"CoreShare\",\"doc\":\"A part of a core.\",\"fields\":[{\"name\":\"core\",\"type\":\"int\",\"doc\":\"Core, from 0.\"},{\"name\":\"percent\",\"type\":\"int\",\"doc\":\"Per cent of it.\"}]}},\"doc\":\"What it takes of which core.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DeviceShare\",\"doc\":\"A part of a device.\",\"fields\":[{\"name\":\"device\",\"type\":\"string\",\"doc\":\"Device of the node.\"},{\"name\":\"percent\",\"type\":\"int\",\"doc\":\"Per cent of it.\"}]}},\"doc\":\"What it takes of which device.\"}]}" },
  PlacementRefused: { context: 'placement', fullName: 'rightstream.placement.PlacementRefused', avro: "{\"type\":\"record\",\"name\":\"PlacementRefused\",\"namespace\":\"rightstream.placement\",\"doc\":\"A wish about nodes, services or placing was refused.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"wish\",\"type\":\"string\",\"doc\":\"Event type of the wish.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status that a caller over HTTP is answered with.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"}]}" },
  PlacingRequested: { context: 'placement', fullName: 'rightstream.placement.PlacingRequested', avro: "{\"type\":\"record\",\"name\":\"PlacingRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants placing to go on, to stop, or to choose otherwise.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"running\",\"type\":\"boolean\",\"doc\":\"false: nothing is placed or released until it goes on.\"},{\"name\":\"strategy\",\"type\":\"string\",\"doc\":\"Strategy by name.\"},{\"name\":\"priority\",\"type\":\"int\",\"doc\":\"0 none; 1: services sensitive to CPU go first; 2: to memory.\"},{\"name\":\"balance\",\"type\":\"int\",\"doc\":\"Services with priority before one without gets its turn.\"},{\"name\":\"binding\",\"type\":\"string\",\"doc\":\"placer: every replica is pinned to the node decided; scheduler: the cluster chooses the node.\",\"default\":\"placer\"},{\"name\":\"drift\",\"type\":\"string\",\"doc\":\"put-back: what somebody else changed is set again; adopt: it is left as it is.\",\"default\":\"put-back\"},{\"name\":\"not_ready_seconds\",\"type\":\"int\",\"doc\":\"Seconds that a node may be not ready before its replicas go elsewhere, and that it has to be ready before it counts again.\",\"default\":60}]}" },
  PlacingSet: { context: 'placement', fullName: 'rightstream.placement.PlacingSet', avro: "{\"type\":\"record\",\"name\":\"PlacingSet\",\"namespace\":\"rightstream.placement\",\"doc\":\"Placing goes on, stops, or chooses otherwise from here on.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"running\",\"type\":\"boolean\",\"doc\":\"false: nothing is placed or released until it goes on.\"},{\"name\":\"strategy\",\"type\":\"string\",\"doc\":\"Strategy by name.\"},{\"name\":\"priority\",\"type\":\"int\",\"doc\":\"0 none; 1: services sensitive to CPU go first; 2: to memory.\"},{\"name\":\"balance\",\"type\":\"int\",\"doc\":\"Services with priority before one without gets its turn.\"},{\"name\":\"binding\",\"type\":\"string\",\"doc\":\"placer: every replica is pinned to the node decided; scheduler: the cluster chooses the node.\",\"default\":\"placer\"},{\"name\":\"drift\",\"type\":\"string\",\"doc\":\"put-back: what somebody else changed is set again; adopt: it is left as it is.\",\"default\":\"put-back\"},{\"name\":\"not_ready_seconds\",\"type\":\"int\",\"doc\":\"Seconds that a node may be not ready before its replicas go elsewhere, and that it has to be ready before it counts again.\",\"default\":60}]}" },
  PodGone: { context: 'placement', fullName: 'rightstream.placement.PodGone', avro: "{\"type\":\"record\",\"name\":\"PodGone\",\"namespace\":\"rightstream.placement\",\"doc\":\"A pod is gone.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"pod\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"uid\",\"type\":\"string\",\"doc\":\"Identity of the object.\"},{\"name\":\"resource_version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version by which it was gone: what is told of an older one comes too late; null: not known, nothing of this uid counts any more.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  PodObserved: { context: 'placement', fullName: 'rightstream.placement.PodObserved', avro: "{\"type\":\"record\",\"name\":\"PodObserved\",\"namespace\":\"rightstream.placement\",\"doc\":\"A pod of a service, as the cluster shows it.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"node\",\"type\":[\"null\",\"string\"],\"doc\":\"Node that it is on; null: on none yet.\",\"default\":null},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Its namespace.\"},{\"name\":\"pod\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"uid\",\"type\":\"string\",\"doc\":\"Identity of the object.\"},{\"name\":\"resource_version\",\"type\":\"string\",\"doc\":\"Version of the object; of two of one uid the higher one is newer.\"},{\"name\":\"phase\",\"type\":\"string\",\"doc\":\"Pending, Running, Succeeded, Failed, Unknown or Terminating.\"},{\"name\":\"ready\",\"type\":\"boolean\",\"doc\":\"Its condition Ready is true and it is not being removed.\"},{\"name\":\"restarts\",\"type\":\"int\",\"doc\":\"Restarts of its containers.\"},{\"name\":\"reason\",\"type\":[\"null\",\"string\"],\"doc\":\"Stable code of what is wrong; null: nothing.\",\"default\":null},{\"name\":\"message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people, with what to do next.\",\"default\":null},{\"name\":\"decision\",\"type\":[\"null\",\"long\"],\"doc\":\"Decision that it says that it follows from; null: none.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was seen, by the clock of who saw it.\"}]}" },
  ProfileRecorded: { context: 'placement', fullName: 'rightstream.placement.ProfileRecorded', avro: "{\"type\":\"record\",\"name\":\"ProfileRecorded\",\"namespace\":\"rightstream.placement\",\"doc\":\"What a run of a service, or logs of it, say of its throughput, sensitivity and needs.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service that was profiled.\"},{\"name\":\"plan\",\"type\":\"string\",\"doc\":\"Plan that the run is of; empty: the profile is of logs that were made otherwise.\"},{\"name\":\"run\",\"type\":\"string\",\"doc\":\"Run within the plan; empty as the plan.\"},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"complete; aborted: somebody stopped the run; unplaced: not all replicas had a place.\"},{\"name\":\"scales\",\"type\":{\"type\":\"map\",\"values\":\"int\"},\"doc\":\"Replicas of each service of the plan during the run.\"},{\"name\":\"started_at\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"default\":null,\"doc\":\"When measuring began; null: not known.\"},{\"name\":\"ended_at\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"default\":null,\"doc\":\"When it ended.\"},{\"name\":\"requests\",\"type\":\"int\",\"doc\":\"Requests that were measured.\"},{\"name\":\"throughput_average\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Requests per second over windows of 100 requests, on average; null: there was no window.\"},{\"name\":\"throughput_least\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"The least of any window.\"},{\"name\":\"throughput_most\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"The most of any window.\"},{\"name\":\"windows\",\"type\":\"int\",\"doc\":\"Windows that were reckoned with.\"},{\"name\":\"alone_p50\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Median latency alone on a node, s.\"},{\"name\":\"alone_p95\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"95th percentile of it, s.\"},{\"name\":\"shared_p50\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Median latency on a shared node, s.\"},{\"name\":\"shared_p95\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"95th percentile of it, s.\"},{\"name\":\"slowdown\",\"type\":[\"null\",\"double\"],\"default\":null,\"doc\":\"Median on a shared node over the one alone.\"},{\"name\":\"sensitivity\",\"type\":[\"null\",\"int\"],\"default\":null,\"doc\":\"0 none, 1 CPU, 2 memory, 3 both; null: not known.\"},{\"name\":\"cpu\",\"type\":[\"null\",\"int\"],\"default\":null,\"doc\":\"Millicores of a replica that are proposed; null: its process was not measured.\"},{\"name\":\"memory\",\"type\":[\"null\",\"int\"],\"default\":null,\"doc\":\"MB that are proposed.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Per cent of cores that are proposed.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"map\",\"values\":\"int\"},\"doc\":\"Per cent of a device that are proposed, by type.\"}]}" },
  ReplicaReleased: { context: 'placement', fullName: 'rightstream.placement.ReplicaReleased', avro: "{\"type\":\"record\",\"name\":\"ReplicaReleased\",\"namespace\":\"rightstream.placement\",\"doc\":\"A replica has no place any more, and its node has that much more room.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"replica\",\"type\":\"int\",\"doc\":\"Number of the replica within its service, from 0.\"},{\"name\":\"node\",\"type\":\"string\",\"doc\":\"Node.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster; grows by one.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"NODE_REMOVED, NODE_GONE, NODE_NOT_READY, NODE_TAINTED, NODE_TOO_SMALL, SERVICE_REMOVED, SCALED_DOWN or NEEDS_CHANGED.\"}]}" },
  ResizeAcceptRequested: { context: 'placement', fullName: 'rightstream.placement.ResizeAcceptRequested', avro: "{\"type\":\"record\",\"name\":\"ResizeAcceptRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"A wish to carry out a proposal, or to turn it down.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"proposal\",\"type\":\"long\",\"doc\":\"Number of the proposal within the cluster.\"},{\"name\":\"accept\",\"type\":\"boolean\",\"doc\":\"true: carry it out; false: turn it down.\"}]}" },
  ResizeAdvised: { context: 'placement', fullName: 'rightstream.placement.ResizeAdvised', avro: "{\"type\":\"record\",\"name\":\"ResizeAdvised\",\"namespace\":\"rightstream.placement\",\"doc\":\"What a container of a workload should request, as the key of its cluster has it: follows from RecommendationMade.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"container\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"recommendation_id\",\"type\":\"string\",\"doc\":\"Recommendation that it follows from.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Interval end that the advice is for.\"},{\"name\":\"engine\",\"type\":\"string\",\"doc\":\"Engine that the policy of engines chose.\"},{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"confidence\",\"type\":\"double\",\"doc\":\"0 (none, or not known) to 1.\"},{\"name\":\"do_nothing\",\"type\":\"boolean\",\"doc\":\"What is set lies within bounds.\"},{\"name\":\"flags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Codes of what there is to know, sorted.\"}]}" },
  ResizeApplied: { context: 'placement', fullName: 'rightstream.placement.ResizeApplied', avro: "{\"type\":\"record\",\"name\":\"ResizeApplied\",\"namespace\":\"rightstream.placement\",\"doc\":\"A decision was carried out: every pod of the workload has what was decided, or its template says so.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"pods\",\"type\":\"int\",\"doc\":\"Pods that have what was decided.\"},{\"name\":\"patches\",\"type\":\"int\",\"doc\":\"Writes that changed something.\"}]}" },
  ResizeDecided: { context: 'placement', fullName: 'rightstream.placement.ResizeDecided', avro: "{\"type\":\"record\",\"name\":\"ResizeDecided\",\"namespace\":\"rightstream.placement\",\"doc\":\"A workload is to have other resources. Nothing else is decided on it until this has ended.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"pods: its pods are resized in place; template: its template follows, at a roll-out.\"},{\"name\":\"why\",\"type\":\"string\",\"doc\":\"auto, accepted, rollback or roll-out.\"},{\"name\":\"rolls_back\",\"type\":[\"null\",\"long\"],\"doc\":\"Decision that this takes back.\",\"default\":null},{\"name\":\"containers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DecidedChange\",\"doc\":\"One container.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"before\",\"type\":{\"type\":\"record\",\"name\":\"DecidedBefore\",\"doc\":\"Resources before.\",\"fields\":[{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null}]},\"doc\":\"What it has.\"},{\"name\":\"after\",\"type\":{\"type\":\"record\",\"name\":\"DecidedAfter\",\"doc\":\"Resources after.\",\"fields\":[{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null}]},\"doc\":\"What it is to have.\"}]}},\"doc\":\"Containers that change, and how.\"},{\"name\":\"notes\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Codes of what bent the advice, sorted.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Pods that it had then.\"},{\"name\":\"restarts\",\"type\":\"boolean\",\"doc\":\"Containers restart: pods are resized one after the other.\"},{\"name\":\"advised_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Interval end of the latest advice in it.\"},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy that was applied, as JSON text.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it was decided, by the event that caused it.\"},{\"name\":\"in_minute\",\"type\":\"int\",\"doc\":\"How many there were of this cluster in that minute, with this one.\"},{\"name\":\"limits_told\",\"type\":\"int\",\"doc\":\"How often quotas and limit ranges of its namespace had been told.\",\"default\":0},{\"name\":\"touched\",\"type\":\"long\",\"doc\":\"Position of what had last been said of it then, but for advice; -1: nothing.\",\"default\":-1},{\"name\":\"advised\",\"type\":\"long\",\"doc\":\"Position of its last advice then; -1: none.\",\"default\":-1},{\"name\":\"desired\",\"type\":[\"null\",\"string\"],\"doc\":\"What its pods are to have with it beside the template, by container, as JSON text.\",\"default\":null},{\"name\":\"base\",\"type\":[\"null\",\"string\"],\"doc\":\"What the template said then, by container, as JSON text.\",\"default\":null}]}" },
  ResizeFailed: { context: 'placement', fullName: 'rightstream.placement.ResizeFailed', avro: "{\"type\":\"record\",\"name\":\"ResizeFailed\",\"namespace\":\"rightstream.placement\",\"doc\":\"A decision was given up after retries.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"pods\",\"type\":\"int\",\"doc\":\"Pods that have what was decided.\"},{\"name\":\"patches\",\"type\":\"int\",\"doc\":\"Writes that changed something.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The last error.\"},{\"name\":\"attempts\",\"type\":\"int\",\"doc\":\"How often it was tried.\"}]}" },
  ResizeHeld: { context: 'placement', fullName: 'rightstream.placement.ResizeHeld', avro: "{\"type\":\"record\",\"name\":\"ResizeHeld\",\"namespace\":\"rightstream.placement\",\"doc\":\"Advice was looked at and nothing is done about it now.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"},{\"name\":\"until\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"When it is looked at again; null: when something about it changes.\",\"default\":null},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the workload was looked at, by the event that caused it.\",\"default\":0},{\"name\":\"touched\",\"type\":\"long\",\"doc\":\"Position of what had last been said of it then, but for advice; -1: nothing.\",\"default\":-1},{\"name\":\"advised\",\"type\":\"long\",\"doc\":\"Position of its last advice then; -1: none.\",\"default\":-1},{\"name\":\"limits_told\",\"type\":\"int\",\"doc\":\"How often quotas and limit ranges of its namespace had been told.\",\"default\":0}]}" },
  ResizeInfeasible: { context: 'placement', fullName: 'rightstream.placement.ResizeInfeasible', avro: "{\"type\":\"record\",\"name\":\"ResizeInfeasible\",\"namespace\":\"rightstream.placement\",\"doc\":\"A decision cannot be carried out in place.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"pods\",\"type\":\"int\",\"doc\":\"Pods that have what was decided.\"},{\"name\":\"patches\",\"type\":\"int\",\"doc\":\"Writes that changed something.\"},{\"name\":\"pod\",\"type\":\"string\",\"doc\":\"First pod that cannot have it.\"},{\"name\":\"deferred\",\"type\":\"boolean\",\"doc\":\"It could later, and has waited for long enough.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"What the kubelet says.\"}]}" },
  ResizeProposalClosed: { context: 'placement', fullName: 'rightstream.placement.ResizeProposalClosed', avro: "{\"type\":\"record\",\"name\":\"ResizeProposalClosed\",\"namespace\":\"rightstream.placement\",\"doc\":\"A proposal is no longer open.\",\"fields\":[{\"name\":\"request_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Event id of the wish that this answers; null: none.\",\"default\":null},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"proposal\",\"type\":\"long\",\"doc\":\"Number of the proposal within the cluster.\"},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"accepted, rejected or superseded.\"},{\"name\":\"decision\",\"type\":[\"null\",\"long\"],\"doc\":\"Number of the decision that carries it out.\",\"default\":null}]}" },
  ResizeProposed: { context: 'placement', fullName: 'rightstream.placement.ResizeProposed', avro: "{\"type\":\"record\",\"name\":\"ResizeProposed\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody may accept this: other resources for a workload, or other needs of a service of ours.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"proposal\",\"type\":\"long\",\"doc\":\"Number of the proposal within the cluster.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service whose needs would change; null: the pods of the workload are resized.\",\"default\":null},{\"name\":\"containers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ProposedChange\",\"doc\":\"One container.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"before\",\"type\":{\"type\":\"record\",\"name\":\"ProposedBefore\",\"doc\":\"Resources before.\",\"fields\":[{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null}]},\"doc\":\"What it has.\"},{\"name\":\"after\",\"type\":{\"type\":\"record\",\"name\":\"ProposedAfter\",\"doc\":\"Resources after.\",\"fields\":[{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null}]},\"doc\":\"What it is to have.\"}]}},\"doc\":\"Containers that change, and how.\"},{\"name\":\"notes\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Codes of what bent the advice, sorted.\"},{\"name\":\"advised_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Interval end of the latest advice in it.\"},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy that was applied, as JSON text.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the workload was looked at, by the event that caused it.\",\"default\":0},{\"name\":\"touched\",\"type\":\"long\",\"doc\":\"Position of what had last been said of it then, but for advice; -1: nothing.\",\"default\":-1},{\"name\":\"advised\",\"type\":\"long\",\"doc\":\"Position of its last advice then; -1: none.\",\"default\":-1}]}" },
  ResizeRefused: { context: 'placement', fullName: 'rightstream.placement.ResizeRefused', avro: "{\"type\":\"record\",\"name\":\"ResizeRefused\",\"namespace\":\"rightstream.placement\",\"doc\":\"The API server will not carry out a decision.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"pods\",\"type\":\"int\",\"doc\":\"Pods that have what was decided.\"},{\"name\":\"patches\",\"type\":\"int\",\"doc\":\"Writes that changed something.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status of the API server; 0: none.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"What it says.\"}]}" },
  ResizeRolledBack: { context: 'placement', fullName: 'rightstream.placement.ResizeRolledBack', avro: "{\"type\":\"record\",\"name\":\"ResizeRolledBack\",\"namespace\":\"rightstream.placement\",\"doc\":\"A decision was taken back: every pod has what it had before.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster.\"},{\"name\":\"rolls_back\",\"type\":\"long\",\"doc\":\"Decision that was taken back.\"},{\"name\":\"pods\",\"type\":\"int\",\"doc\":\"Pods that have what was decided.\"},{\"name\":\"patches\",\"type\":\"int\",\"doc\":\"Writes that changed something.\"}]}" },
  ResizingRefused: { context: 'placement', fullName: 'rightstream.placement.ResizingRefused', avro: "{\"type\":\"record\",\"name\":\"ResizingRefused\",\"namespace\":\"rightstream.placement\",\"doc\":\"The answer: a wish about resizing is not granted.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"wish\",\"type\":\"string\",\"doc\":\"Type of the wish.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status that a caller over HTTP is answered with.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"}]}" },
  ResizingRemoved: { context: 'placement', fullName: 'rightstream.placement.ResizingRemoved', avro: "{\"type\":\"record\",\"name\":\"ResizingRemoved\",\"namespace\":\"rightstream.placement\",\"doc\":\"The answer: there is no policy of resizing of that scope any more.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: the whole cluster.\",\"default\":null}]}" },
  ResizingRequested: { context: 'placement', fullName: 'rightstream.placement.ResizingRequested', avro: "{\"type\":\"record\",\"name\":\"ResizingRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"A wish to set a policy of resizing for a cluster or a namespace, or to remove the one that is there.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: the whole cluster.\",\"default\":null},{\"name\":\"policy\",\"type\":[\"null\",\"string\"],\"doc\":\"Policy as JSON text, see projections/placement/resizing/policy.ts; null: remove it.\",\"default\":null}]}" },
  ResizingSet: { context: 'placement', fullName: 'rightstream.placement.ResizingSet', avro: "{\"type\":\"record\",\"name\":\"ResizingSet\",\"namespace\":\"rightstream.placement\",\"doc\":\"The answer: a policy of resizing holds, instead of one that was there.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: the whole cluster.\",\"default\":null},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy as JSON text.\"}]}" },
  ScalingHeld: { context: 'placement', fullName: 'rightstream.placement.ScalingHeld', avro: "{\"type\":\"record\",\"name\":\"ScalingHeld\",\"namespace\":\"rightstream.placement\",\"doc\":\"A service keeps its number of replicas, for another reason than before.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Replicas that it keeps.\"},{\"name\":\"wanted\",\"type\":\"int\",\"doc\":\"What the load alone asks for within the limits, without windows, steps and cool-downs.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"The time for which it was decided: when the record was made that gave rise to it.\"},{\"name\":\"rate\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s that were last reported; null: nothing was.\"},{\"name\":\"queue\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests that waited; null: not reported.\"},{\"name\":\"throughput\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s of one replica that were reckoned with; null: not known.\"},{\"name\":\"throughput_source\",\"type\":[\"null\",\"string\"],\"doc\":\"policy, reported or learnt.\"},{\"name\":\"ready\",\"type\":[\"null\",\"int\"],\"doc\":\"Replicas last reported ready; null: not reported.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas at that time.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas at that time.\"},{\"name\":\"rules\",\"type\":\"int\",\"doc\":\"Version of the rules that decided.\"},{\"name\":\"inputs\",\"type\":\"string\",\"doc\":\"JSON of all that the decision depends on: the same inputs and rules give the same decision.\"}]}" },
  ScalingRemovalRequested: { context: 'placement', fullName: 'rightstream.placement.ScalingRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"ScalingRemovalRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants the number of a service's replicas to stay as it is.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"}]}" },
  ScalingRemoved: { context: 'placement', fullName: 'rightstream.placement.ScalingRemoved', avro: "{\"type\":\"record\",\"name\":\"ScalingRemoved\",\"namespace\":\"rightstream.placement\",\"doc\":\"The number of a service's replicas follows its load no more.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"}]}" },
  ScalingRequested: { context: 'placement', fullName: 'rightstream.placement.ScalingRequested', avro: "{\"type\":\"record\",\"name\":\"ScalingRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants the number of a service's replicas to follow its load.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"enabled\",\"type\":\"boolean\",\"doc\":\"false: the number of replicas stays as it is.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas; 0: none while there is no load.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas.\"},{\"name\":\"throughput\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s that one replica handles; null: as reported or learnt.\"},{\"name\":\"target\",\"type\":\"double\",\"doc\":\"Share of the throughput that is planned with, above 0, at most 1.\"},{\"name\":\"tolerance\",\"type\":\"double\",\"doc\":\"How far load and capacity may differ without a change; 0.1 is 10 %.\"},{\"name\":\"drain_seconds\",\"type\":[\"null\",\"int\"],\"doc\":\"In what time a queue should be empty, s; null: queues do not count.\"},{\"name\":\"stale_seconds\",\"type\":\"int\",\"doc\":\"A load older than that is none, s.\"},{\"name\":\"ready_seconds\",\"type\":\"int\",\"doc\":\"So long a decision counts as under way unless its replicas are reported ready before, s.\"},{\"name\":\"up_stabilisation_seconds\",\"type\":\"int\",\"doc\":\"How long the load must have been higher, s.\"},{\"name\":\"up_cool_down_seconds\",\"type\":\"int\",\"doc\":\"How long after a decision the next one may go up, s.\"},{\"name\":\"up_step\",\"type\":[\"null\",\"int\"],\"doc\":\"Most replicas that are added at a time; null: no bound.\"},{\"name\":\"down_stabilisation_seconds\",\"type\":\"int\",\"doc\":\"How long the load must have been lower, s.\"},{\"name\":\"down_cool_down_seconds\",\"type\":\"int\",\"doc\":\"How long after a decision the next one may go down, s.\"},{\"name\":\"down_step\",\"type\":[\"null\",\"int\"],\"doc\":\"Most replicas that are taken away at a time; null: no bound.\"},{\"name\":\"utc_offset_minutes\",\"type\":\"int\",\"doc\":\"What the timetable's times are ahead of UTC, minutes.\"},{\"name\":\"timetable\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedLimits\",\"doc\":\"Limits at some times of the week.\",\"fields\":[{\"name\":\"days\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Days on which it begins, 0 (Sunday) to 6; none: every day.\"},{\"name\":\"from\",\"type\":\"string\",\"doc\":\"First minute, HH:MM.\"},{\"name\":\"to\",\"type\":\"string\",\"doc\":\"Minute at which it is over, HH:MM, at most 24:00; not after `from`: on the next day.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas then.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas then.\"}]}},\"doc\":\"Other limits at some times; the first entry that covers a time holds.\"},{\"name\":\"query\",\"type\":[\"null\",\"string\"],\"doc\":\"Query that asks Prometheus for the load, requests/s; null: loads are reported by others.\"}]}" },
  ScalingSet: { context: 'placement', fullName: 'rightstream.placement.ScalingSet', avro: "{\"type\":\"record\",\"name\":\"ScalingSet\",\"namespace\":\"rightstream.placement\",\"doc\":\"The number of a service's replicas follows its load.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"enabled\",\"type\":\"boolean\",\"doc\":\"false: the number of replicas stays as it is.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas; 0: none while there is no load.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas.\"},{\"name\":\"throughput\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s that one replica handles; null: as reported or learnt.\"},{\"name\":\"target\",\"type\":\"double\",\"doc\":\"Share of the throughput that is planned with, above 0, at most 1.\"},{\"name\":\"tolerance\",\"type\":\"double\",\"doc\":\"How far load and capacity may differ without a change; 0.1 is 10 %.\"},{\"name\":\"drain_seconds\",\"type\":[\"null\",\"int\"],\"doc\":\"In what time a queue should be empty, s; null: queues do not count.\"},{\"name\":\"stale_seconds\",\"type\":\"int\",\"doc\":\"A load older than that is none, s.\"},{\"name\":\"ready_seconds\",\"type\":\"int\",\"doc\":\"So long a decision counts as under way unless its replicas are reported ready before, s.\"},{\"name\":\"up_stabilisation_seconds\",\"type\":\"int\",\"doc\":\"How long the load must have been higher, s.\"},{\"name\":\"up_cool_down_seconds\",\"type\":\"int\",\"doc\":\"How long after a decision the next one may go up, s.\"},{\"name\":\"up_step\",\"type\":[\"null\",\"int\"],\"doc\":\"Most replicas that are added at a time; null: no bound.\"},{\"name\":\"down_stabilisation_seconds\",\"type\":\"int\",\"doc\":\"How long the load must have been lower, s.\"},{\"name\":\"down_cool_down_seconds\",\"type\":\"int\",\"doc\":\"How long after a decision the next one may go down, s.\"},{\"name\":\"down_step\",\"type\":[\"null\",\"int\"],\"doc\":\"Most replicas that are taken away at a time; null: no bound.\"},{\"name\":\"utc_offset_minutes\",\"type\":\"int\",\"doc\":\"What the timetable's times are ahead of UTC, minutes.\"},{\"name\":\"timetable\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"TimetabledLimits\",\"doc\":\"Limits at some times of the week.\",\"fields\":[{\"name\":\"days\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Days on which it begins, 0 (Sunday) to 6; none: every day.\"},{\"name\":\"from\",\"type\":\"string\",\"doc\":\"First minute, HH:MM.\"},{\"name\":\"to\",\"type\":\"string\",\"doc\":\"Minute at which it is over, HH:MM, at most 24:00; not after `from`: on the next day.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas then.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas then.\"}]}},\"doc\":\"Other limits at some times; the first entry that covers a time holds.\"},{\"name\":\"query\",\"type\":[\"null\",\"string\"],\"doc\":\"Query that asks Prometheus for the load, requests/s; null: loads are reported by others.\"}]}" },
  ServiceNeedsRequested: { context: 'placement', fullName: 'rightstream.placement.ServiceNeedsRequested', avro: "{\"type\":\"record\",\"name\":\"ServiceNeedsRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"A wish to change what each replica of a service needs, and nothing else of it.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores of a replica.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"MB of a replica.\"}]}" },
  ServiceScaled: { context: 'placement', fullName: 'rightstream.placement.ServiceScaled', avro: "{\"type\":\"record\",\"name\":\"ServiceScaled\",\"namespace\":\"rightstream.placement\",\"doc\":\"A service has another number of replicas.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the service belongs to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"decision\",\"type\":\"long\",\"doc\":\"Number of the decision within the cluster; grows by one.\"},{\"name\":\"from\",\"type\":\"int\",\"doc\":\"Replicas before.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Replicas from now on.\"},{\"name\":\"wanted\",\"type\":\"int\",\"doc\":\"What the load alone asks for within the limits, without windows, steps and cool-downs.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"The time for which it was decided: when the record was made that gave rise to it.\"},{\"name\":\"rate\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s that were last reported; null: nothing was.\"},{\"name\":\"queue\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests that waited; null: not reported.\"},{\"name\":\"throughput\",\"type\":[\"null\",\"double\"],\"doc\":\"Requests/s of one replica that were reckoned with; null: not known.\"},{\"name\":\"throughput_source\",\"type\":[\"null\",\"string\"],\"doc\":\"policy, reported or learnt.\"},{\"name\":\"ready\",\"type\":[\"null\",\"int\"],\"doc\":\"Replicas last reported ready; null: not reported.\"},{\"name\":\"min\",\"type\":\"int\",\"doc\":\"Least replicas at that time.\"},{\"name\":\"max\",\"type\":\"int\",\"doc\":\"Most replicas at that time.\"},{\"name\":\"rules\",\"type\":\"int\",\"doc\":\"Version of the rules that decided.\"},{\"name\":\"inputs\",\"type\":\"string\",\"doc\":\"JSON of all that the decision depends on: the same inputs and rules give the same decision.\"}]}" },
  ServicesRegistered: { context: 'placement', fullName: 'rightstream.placement.ServicesRegistered', avro: "{\"type\":\"record\",\"name\":\"ServicesRegistered\",\"namespace\":\"rightstream.placement\",\"doc\":\"Services count from here on.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"services\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredService\",\"doc\":\"A service: what each replica needs.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name; unique within the cluster.\"},{\"name\":\"application\",\"type\":\"string\",\"doc\":\"Application that it is a part of.\"},{\"name\":\"number\",\"type\":[\"null\",\"string\"],\"doc\":\"Identity that a client of ROHE gives it, service_id.\"},{\"name\":\"image\",\"type\":\"string\",\"doc\":\"Image of its container.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores of a replica.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"MB of a replica.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Per cent of a core each; every element wants a core of its own.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"map\",\"values\":\"int\"},\"doc\":\"Per cent of one device, by type.\"},{\"name\":\"sensitivity\",\"type\":\"int\",\"doc\":\"0 none, 1 CPU, 2 memory, 3 both.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Replicas that should run.\"},{\"name\":\"ports\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredPort\",\"doc\":\"A port.\",\"fields\":[{\"name\":\"container_port\",\"type\":\"int\",\"doc\":\"Port of the container.\"},{\"name\":\"service_port\",\"type\":[\"null\",\"int\"],\"doc\":\"Port under which others reach it; null: none.\"}]}},\"doc\":\"Ports.\"},{\"name\":\"next\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Services that it sends to.\"},{\"name\":\"node_selector\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Labels that a node must have.\"},{\"name\":\"tolerations\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredToleration\",\"doc\":\"A toleration as Kubernetes means it.\",\"fields\":[{\"name\":\"key\",\"type\":[\"null\",\"string\"],\"doc\":\"Key; null tolerates every taint.\"},{\"name\":\"operator\",\"type\":\"string\",\"doc\":\"Equal or Exists.\"},{\"name\":\"value\",\"type\":[\"null\",\"string\"],\"doc\":\"Value.\"},{\"name\":\"effect\",\"type\":[\"null\",\"string\"],\"doc\":\"Effect; null: every one.\"}]}},\"doc\":\"Tolerations.\"},{\"name\":\"spread\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredSpread\",\"doc\":\"How evenly replicas lie over the values of a label.\",\"fields\":[{\"name\":\"topology_key\",\"type\":\"string\",\"doc\":\"Label of nodes.\"},{\"name\":\"max_skew\",\"type\":\"int\",\"doc\":\"Most difference.\"},{\"name\":\"required\",\"type\":\"boolean\",\"doc\":\"false: preferred only.\"}]}},\"doc\":\"Spread.\"},{\"name\":\"apart\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RegisteredApart\",\"doc\":\"Replicas that keep away from those of a service.\",\"fields\":[{\"name\":\"service\",\"type\":\"string\",\"doc\":\"That service, or the service itself.\"},{\"name\":\"topology_key\",\"type\":\"string\",\"doc\":\"Label of nodes whose value may not be shared.\"}]}},\"doc\":\"Distance.\"}]}},\"doc\":\"Services that are new or changed.\"},{\"name\":\"outcomes\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ServiceOutcome\",\"doc\":\"What became of one service.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Its name.\"},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"added, updated or unchanged.\"}]}},\"doc\":\"Every service of the wish, in its order.\"}]}" },
  ServicesRemovalRequested: { context: 'placement', fullName: 'rightstream.placement.ServicesRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"ServicesRemovalRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants services not to run any more.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"services\",\"type\":[\"null\",{\"type\":\"array\",\"items\":\"string\"}],\"doc\":\"Names; null: all.\"}]}" },
  ServicesRemoved: { context: 'placement', fullName: 'rightstream.placement.ServicesRemoved', avro: "{\"type\":\"record\",\"name\":\"ServicesRemoved\",\"namespace\":\"rightstream.placement\",\"doc\":\"Services are gone.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"services\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Names of those that were there.\"},{\"name\":\"missing\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Names of the wish that were not there.\"}]}" },
  ServicesRequested: { context: 'placement', fullName: 'rightstream.placement.ServicesRequested', avro: "{\"type\":\"record\",\"name\":\"ServicesRequested\",\"namespace\":\"rightstream.placement\",\"doc\":\"Somebody wants services to run, or to run otherwise.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"services\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedService\",\"doc\":\"A service: what each replica needs.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name; unique within the cluster.\"},{\"name\":\"application\",\"type\":\"string\",\"doc\":\"Application that it is a part of.\"},{\"name\":\"number\",\"type\":[\"null\",\"string\"],\"doc\":\"Identity that a client of ROHE gives it, service_id.\"},{\"name\":\"image\",\"type\":\"string\",\"doc\":\"Image of its container.\"},{\"name\":\"cpu\",\"type\":\"int\",\"doc\":\"Millicores of a replica.\"},{\"name\":\"memory\",\"type\":\"int\",\"doc\":\"MB of a replica.\"},{\"name\":\"cores\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Per cent of a core each; every element wants a core of its own.\"},{\"name\":\"accelerators\",\"type\":{\"type\":\"map\",\"values\":\"int\"},\"doc\":\"Per cent of one device, by type.\"},{\"name\":\"sensitivity\",\"type\":\"int\",\"doc\":\"0 none, 1 CPU, 2 memory, 3 both.\"},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Replicas that should run.\"},{\"name\":\"ports\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedPort\",\"doc\":\"A port.\",\"fields\":[{\"name\":\"container_port\",\"type\":\"int\",\"doc\":\"Port of the container.\"},{\"name\":\"service_port\",\"type\":[\"null\",\"int\"],\"doc\":\"Port under which others reach it; null: none.\"}]}},\"doc\":\"Ports.\"},{\"name\":\"next\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Services that it sends to.\"},{\"name\":\"node_selector\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Labels that a node must have.\"},{\"name\":\"tolerations\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedToleration\",\"doc\":\"A toleration as Kubernetes means it.\",\"fields\":[{\"name\":\"key\",\"type\":[\"null\",\"string\"],\"doc\":\"Key; null tolerates every taint.\"},{\"name\":\"operator\",\"type\":\"string\",\"doc\":\"Equal or Exists.\"},{\"name\":\"value\",\"type\":[\"null\",\"string\"],\"doc\":\"Value.\"},{\"name\":\"effect\",\"type\":[\"null\",\"string\"],\"doc\":\"Effect; null: every one.\"}]}},\"doc\":\"Tolerations.\"},{\"name\":\"spread\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedSpread\",\"doc\":\"How evenly replicas lie over the values of a label.\",\"fields\":[{\"name\":\"topology_key\",\"type\":\"string\",\"doc\":\"Label of nodes.\"},{\"name\":\"max_skew\",\"type\":\"int\",\"doc\":\"Most difference.\"},{\"name\":\"required\",\"type\":\"boolean\",\"doc\":\"false: preferred only.\"}]}},\"doc\":\"Spread.\"},{\"name\":\"apart\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RequestedApart\",\"doc\":\"Replicas that keep away from those of a service.\",\"fields\":[{\"name\":\"service\",\"type\":\"string\",\"doc\":\"That service, or the service itself.\"},{\"name\":\"topology_key\",\"type\":\"string\",\"doc\":\"Label of nodes whose value may not be shared.\"}]}},\"doc\":\"Distance.\"}]}},\"doc\":\"Services; those that are known by name are changed.\"}]}" },
  ThrottlingReported: { context: 'placement', fullName: 'rightstream.placement.ThrottlingReported', avro: "{\"type\":\"record\",\"name\":\"ThrottlingReported\",\"namespace\":\"rightstream.placement\",\"doc\":\"A container was held back by its CPU limit: follows from ContainerUsageReported.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"container\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"intervals\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ThrottledInterval\",\"doc\":\"One interval.\",\"fields\":[{\"name\":\"start\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Start.\"},{\"name\":\"end\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"End.\"},{\"name\":\"throttled\",\"type\":\"int\",\"doc\":\"Millicores that it did not get, on average over pods.\"},{\"name\":\"used\",\"type\":\"int\",\"doc\":\"Millicores that it used, on average over pods.\"}]}},\"doc\":\"Intervals with throttling, oldest first; at most the latest 96.\"}]}" },
  Unplaceable: { context: 'placement', fullName: 'rightstream.placement.Unplaceable', avro: "{\"type\":\"record\",\"name\":\"Unplaceable\",\"namespace\":\"rightstream.placement\",\"doc\":\"Replicas of a service have no place, and why; without replicas: all have one again.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that the nodes belong to; `default` where a client names none.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"Service.\"},{\"name\":\"replicas\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Numbers of the replicas.\"},{\"name\":\"reasons\",\"type\":{\"type\":\"map\",\"values\":\"int\"},\"doc\":\"How many nodes are out for which reason.\"},{\"name\":\"nearest_node\",\"type\":[\"null\",\"string\"],\"doc\":\"The node where least is missing.\"},{\"name\":\"nearest_code\",\"type\":[\"null\",\"string\"],\"doc\":\"What is missing there, as a code.\"},{\"name\":\"nearest_message\",\"type\":[\"null\",\"string\"],\"doc\":\"The same for people.\"}]}" },
  WorkloadGone: { context: 'placement', fullName: 'rightstream.placement.WorkloadGone', avro: "{\"type\":\"record\",\"name\":\"WorkloadGone\",\"namespace\":\"rightstream.placement\",\"doc\":\"A workload that was observed is no longer there, or may no longer be looked at.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"}]}" },
  WorkloadObserved: { context: 'placement', fullName: 'rightstream.placement.WorkloadObserved', avro: "{\"type\":\"record\",\"name\":\"WorkloadObserved\",\"namespace\":\"rightstream.placement\",\"doc\":\"A workload that may be resized, as the cluster has it now; said when it changes.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster.\"},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"Kind in lower case: deployment, statefulset, daemonset, replicaset, replicationcontroller.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"service\",\"type\":[\"null\",\"string\"],\"doc\":\"Service of ours that it runs; null: it is not ours.\",\"default\":null},{\"name\":\"label\",\"type\":[\"null\",\"string\"],\"doc\":\"Value of its label rightstream.io/resize; null: none.\",\"default\":null},{\"name\":\"replicas\",\"type\":\"int\",\"doc\":\"Pods that should run.\"},{\"name\":\"ready\",\"type\":\"int\",\"doc\":\"Pods that are ready.\"},{\"name\":\"qos\",\"type\":\"string\",\"doc\":\"Class of its pods: Guaranteed, Burstable, BestEffort; empty while it has none, or where pods have resources of their own.\"},{\"name\":\"rolling\",\"type\":\"boolean\",\"doc\":\"A roll-out of its template replaces pods a few at a time; false: all at once, or never.\"},{\"name\":\"rolled_out\",\"type\":\"boolean\",\"doc\":\"Every pod is of its latest template.\"},{\"name\":\"containers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ObservedContainer\",\"doc\":\"One container.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"cpu_request\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"int\"],\"doc\":\"Millicores; null when not set.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"long\"],\"doc\":\"Bytes; null when not set.\",\"default\":null},{\"name\":\"cpu_restart\",\"type\":\"boolean\",\"doc\":\"A change of CPU restarts the container.\"},{\"name\":\"memory_restart\",\"type\":\"boolean\",\"doc\":\"A change of memory restarts the container.\"}]}},\"doc\":\"Containers of its template.\"},{\"name\":\"kills\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ObservedKill\",\"doc\":\"One container of one pod.\",\"fields\":[{\"name\":\"pod\",\"type\":\"string\",\"doc\":\"Pod.\"},{\"name\":\"container\",\"type\":\"string\",\"doc\":\"Container.\"},{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When it ended.\"}]}},\"doc\":\"Containers that were killed for memory, the latest time of each pod; at most 50.\"},{\"name\":\"disruptions\",\"type\":[\"null\",\"int\"],\"doc\":\"Pods that may be away now by its PodDisruptionBudgets; null: it has none.\",\"default\":null},{\"name\":\"scaled_on\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Resources that a HorizontalPodAutoscaler scales it on: cpu, memory.\"},{\"name\":\"resource_version\",\"type\":\"string\",\"doc\":\"Version of the object that was read.\"}]}" },
  EnginePoliciesChanged: { context: 'recommendation', fullName: 'rightstream.recommendation.EnginePoliciesChanged', avro: "{\"type\":\"record\",\"name\":\"EnginePoliciesChanged\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"All policies of an organisation as they are from now on, written to each partition that decides.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Grows by one with every change of the policies of the organisation.\"},{\"name\":\"policies\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"PolicyInForce\",\"doc\":\"A policy and what it is for.\",\"fields\":[{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that it is for; null: any.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: any.\",\"default\":null},{\"name\":\"workload\",\"type\":[\"null\",\"string\"],\"doc\":\"Workload that it is for, beside a namespace; null: any.\",\"default\":null},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy as JSON text, see projections/recommendation/policy/policy.ts.\"},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Sequence with which it was set.\"}]}},\"doc\":\"Each scope once, sorted by its text.\"}]}" },
  EnginePolicyRefused: { context: 'recommendation', fullName: 'rightstream.recommendation.EnginePolicyRefused', avro: "{\"type\":\"record\",\"name\":\"EnginePolicyRefused\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"The answer: nothing was changed.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that it is for; null: any.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: any.\",\"default\":null},{\"name\":\"workload\",\"type\":[\"null\",\"string\"],\"doc\":\"Workload that it is for, beside a namespace; null: any.\",\"default\":null},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Why, as a stable code.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status for a client over HTTP.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"Why, and what to do, for people.\"}]}" },
  EnginePolicyRemoved: { context: 'recommendation', fullName: 'rightstream.recommendation.EnginePolicyRemoved', avro: "{\"type\":\"record\",\"name\":\"EnginePolicyRemoved\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"The answer: no policy holds for this very scope any more; wider ones do.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that it is for; null: any.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: any.\",\"default\":null},{\"name\":\"workload\",\"type\":[\"null\",\"string\"],\"doc\":\"Workload that it is for, beside a namespace; null: any.\",\"default\":null},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Grows by one with every change of the policies of the organisation.\"},{\"name\":\"partitions\",\"type\":\"int\",\"doc\":\"Partitions that have to take it in before it is in force everywhere.\"}]}" },
  EnginePolicyRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.EnginePolicyRequested', avro: "{\"type\":\"record\",\"name\":\"EnginePolicyRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"A wish to set a policy of engines for a scope, or to remove the one that is there.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that it is for; null: any.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: any.\",\"default\":null},{\"name\":\"workload\",\"type\":[\"null\",\"string\"],\"doc\":\"Workload that it is for, beside a namespace; null: any.\",\"default\":null},{\"name\":\"policy\",\"type\":[\"null\",\"string\"],\"doc\":\"Policy as JSON text, see projections/recommendation/policy/policy.ts; null: remove it.\",\"default\":null}]}" },
  EnginePolicySet: { context: 'recommendation', fullName: 'rightstream.recommendation.EnginePolicySet', avro: "{\"type\":\"record\",\"name\":\"EnginePolicySet\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"The answer: a policy holds for a scope, instead of one that was there.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that it is for; null: any.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace that it is for; null: any.\",\"default\":null},{\"name\":\"workload\",\"type\":[\"null\",\"string\"],\"doc\":\"Workload that it is for, beside a namespace; null: any.\",\"default\":null},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy as JSON text, see projections/recommendation/policy/policy.ts.\"},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Grows by one with every change of the policies of the organisation.\"},{\"name\":\"partitions\",\"type\":\"int\",\"doc\":\"Partitions that have to take it in before it is in force everywhere.\"}]}" },
  ExperimentRecommendationMade: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRecommendationMade', avro: "{\"type\":\"record\",\"name\":\"ExperimentRecommendationMade\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"What the containers or the namespace of an experiment should request, by the results that count.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"experiment_id\",\"type\":\"string\",\"doc\":\"64 hexadecimal digits made from organisation and name; the same over time.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"requested_end\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Interval end that was asked for.\"},{\"name\":\"monitoring_end\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Newest interval end, of the first container that has any, up to the one asked for.\"},{\"name\":\"available\",\"type\":\"boolean\",\"doc\":\"True when at least one term of one container has advice.\"},{\"name\":\"document\",\"type\":\"string\",\"doc\":\"The answer as Kruize gives it, as JSON text: the experiment with recommendations per container.\"},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy that was applied, e.g. kruize-parity.\"},{\"name\":\"engine_version\",\"type\":\"int\",\"doc\":\"Version of the engine code.\"},{\"name\":\"intervals\",\"type\":\"int\",\"doc\":\"Intervals that went in, of all containers.\"}]}" },
  ExperimentRefused: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRefused', avro: "{\"type\":\"record\",\"name\":\"ExperimentRefused\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"A wish about an experiment was refused.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"wish\",\"type\":\"string\",\"doc\":\"Event type of the wish.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status that a caller over HTTP is answered with.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people, in the words of Kruize where it has some.\"}]}" },
  ExperimentRegistered: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRegistered', avro: "{\"type\":\"record\",\"name\":\"ExperimentRegistered\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"An experiment exists from here on.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"experiment_id\",\"type\":\"string\",\"doc\":\"64 hexadecimal digits made from organisation and name; the same over time.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version that results have to name; null: any.\",\"default\":null},{\"name\":\"cluster_name\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that the experiment is about, as sent.\",\"default\":null},{\"name\":\"experiment_type\",\"type\":\"string\",\"doc\":\"container or namespace.\"},{\"name\":\"performance_profile\",\"type\":[\"null\",\"string\"],\"doc\":\"Profile that it names; null when it brings a service level objective of its own.\",\"default\":null},{\"name\":\"profile_version\",\"type\":[\"null\",\"double\"],\"doc\":\"Version of that profile when the request was accepted.\",\"default\":null},{\"name\":\"measurement_minutes\",\"type\":\"double\",\"doc\":\"Length of an interval, minutes; results may differ by 30 s.\"},{\"name\":\"threshold\",\"type\":\"double\",\"doc\":\"Per cent of a current setting within which nothing is changed; 0.1 is a thousandth.\"},{\"name\":\"terms\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"short, medium, long; empty: all.\"},{\"name\":\"models\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"cost, performance; empty: all.\"},{\"name\":\"definition\",\"type\":\"string\",\"doc\":\"The experiment as it is shown, as JSON text: mode, target_cluster, settings, kubernetes_objects.\"}]}" },
  ExperimentRemovalRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"ExperimentRemovalRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Somebody wants an experiment to be removed, with its results and recommendations.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"}]}" },
  ExperimentRemoved: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRemoved', avro: "{\"type\":\"record\",\"name\":\"ExperimentRemoved\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"An experiment is gone, with its results and recommendations.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"experiment_id\",\"type\":\"string\",\"doc\":\"64 hexadecimal digits made from organisation and name; the same over time.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"}]}" },
  ExperimentRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.ExperimentRequested', avro: "{\"type\":\"record\",\"name\":\"ExperimentRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Somebody wants to register an experiment: a workload or namespace whose results will be posted one by one.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version that results have to name; null: any.\",\"default\":null},{\"name\":\"cluster_name\",\"type\":[\"null\",\"string\"],\"doc\":\"Cluster that the experiment is about, as sent.\",\"default\":null},{\"name\":\"experiment_type\",\"type\":\"string\",\"doc\":\"container or namespace.\"},{\"name\":\"performance_profile\",\"type\":[\"null\",\"string\"],\"doc\":\"Profile that it names; null when it brings a service level objective of its own.\",\"default\":null},{\"name\":\"profile_version\",\"type\":[\"null\",\"double\"],\"doc\":\"Version of that profile when the request was accepted.\",\"default\":null},{\"name\":\"measurement_minutes\",\"type\":\"double\",\"doc\":\"Length of an interval, minutes; results may differ by 30 s.\"},{\"name\":\"threshold\",\"type\":\"double\",\"doc\":\"Per cent of a current setting within which nothing is changed; 0.1 is a thousandth.\"},{\"name\":\"terms\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"short, medium, long; empty: all.\"},{\"name\":\"models\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"cost, performance; empty: all.\"},{\"name\":\"definition\",\"type\":\"string\",\"doc\":\"The experiment as it is shown, as JSON text: mode, target_cluster, settings, kubernetes_objects.\"}]}" },
  PerformanceProfileRefused: { context: 'recommendation', fullName: 'rightstream.recommendation.PerformanceProfileRefused', avro: "{\"type\":\"record\",\"name\":\"PerformanceProfileRefused\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"A wish about a performance profile was refused.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name of the performance profile; unique within the organisation.\"},{\"name\":\"wish\",\"type\":\"string\",\"doc\":\"Event type of the wish.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status that a caller over HTTP is answered with.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people, in the words of Kruize where it has some.\"}]}" },
  PerformanceProfileRegistered: { context: 'recommendation', fullName: 'rightstream.recommendation.PerformanceProfileRegistered', avro: "{\"type\":\"record\",\"name\":\"PerformanceProfileRegistered\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"A performance profile, or a new version of it, counts from here on.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name of the performance profile; unique within the organisation.\"},{\"name\":\"profile_version\",\"type\":\"double\",\"doc\":\"Version of the profile, above 0.\"},{\"name\":\"document\",\"type\":\"string\",\"doc\":\"The profile as it is shown, as JSON text.\"}]}" },
  PerformanceProfileRemovalRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.PerformanceProfileRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"PerformanceProfileRemovalRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Somebody wants a performance profile to be removed.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name of the performance profile; unique within the organisation.\"},{\"name\":\"experiments\",\"type\":\"int\",\"doc\":\"Experiments that named it when the request was accepted.\"}]}" },
  PerformanceProfileRemoved: { context: 'recommendation', fullName: 'rightstream.recommendation.PerformanceProfileRemoved', avro: "{\"type\":\"record\",\"name\":\"PerformanceProfileRemoved\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"A performance profile is gone.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name of the performance profile; unique within the organisation.\"}]}" },
  PerformanceProfileRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.PerformanceProfileRequested', avro: "{\"type\":\"record\",\"name\":\"PerformanceProfileRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Somebody wants to register a performance profile, or a new version of one.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Name of the performance profile; unique within the organisation.\"},{\"name\":\"profile_version\",\"type\":\"double\",\"doc\":\"Version of the profile, above 0.\"},{\"name\":\"update\",\"type\":\"boolean\",\"doc\":\"True: a new version of a known profile; false: a new profile.\"},{\"name\":\"document\",\"type\":\"string\",\"doc\":\"The profile as it is shown, as JSON text.\"}]}" },
  PoliciesApplicationDue: { context: 'recommendation', fullName: 'rightstream.recommendation.PoliciesApplicationDue', avro: "{\"type\":\"record\",\"name\":\"PoliciesApplicationDue\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Asks for the next part of an organisation's containers and namespaces to be compared with its changed policies.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Change of the policies of the organisation that is applied.\"},{\"name\":\"after\",\"type\":\"string\",\"doc\":\"Container or namespace that was looked at last.\"}]}" },
  PoliciesApplied: { context: 'recommendation', fullName: 'rightstream.recommendation.PoliciesApplied', avro: "{\"type\":\"record\",\"name\":\"PoliciesApplied\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Changed policies were compared with what stands: a part of the containers and namespaces of a partition, and decided on again where it matters.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"sequence\",\"type\":\"int\",\"doc\":\"Change of the policies of the organisation that is applied.\"},{\"name\":\"up_to\",\"type\":[\"null\",\"string\"],\"doc\":\"Container or namespace that was looked at last; null: there are no more.\",\"default\":null},{\"name\":\"compared\",\"type\":\"int\",\"doc\":\"Containers and namespaces that were looked at.\"},{\"name\":\"decided\",\"type\":\"int\",\"doc\":\"Those of them that got a new recommendation.\"}]}" },
  RecommendationMade: { context: 'recommendation', fullName: 'rightstream.recommendation.RecommendationMade', avro: "{\"type\":\"record\",\"name\":\"RecommendationMade\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"What a container or namespace should request as of one interval end, and from what this follows.\",\"fields\":[{\"name\":\"recommendation_id\",\"type\":\"string\",\"doc\":\"UUID made from organisation, cluster, namespace, type, workload and container; the same over time.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people.\",\"default\":null},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source of the cluster.\",\"default\":null},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"As for usage; namespace for a namespace.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload; the namespace for a namespace.\"},{\"name\":\"container\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the container; null for a namespace.\",\"default\":null},{\"name\":\"image\",\"type\":[\"null\",\"string\"],\"doc\":\"Latest image of the container.\",\"default\":null},{\"name\":\"monitoring_start_time\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Start of the longest term that has advice.\",\"default\":null},{\"name\":\"monitoring_end_time\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Interval end that the advice is for.\"},{\"name\":\"cpu_request_current\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores requested now; null when not set.\",\"default\":null},{\"name\":\"cpu_limit_current\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores.\",\"default\":null},{\"name\":\"memory_request_current\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes requested now; null when not set.\",\"default\":null},{\"name\":\"memory_limit_current\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes.\",\"default\":null},{\"name\":\"available\",\"type\":\"boolean\",\"doc\":\"True when at least one term has advice.\"},{\"name\":\"advice\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"EngineAdvice\",\"doc\":\"What one engine advises for one term.\",\"fields\":[{\"name\":\"term\",\"type\":\"string\",\"doc\":\"short_term, medium_term or long_term.\"},{\"name\":\"engine\",\"type\":\"string\",\"doc\":\"cost or performance.\"},{\"name\":\"cpu_request\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores; null when no value is given.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes.\",\"default\":null},{\"name\":\"cpu_request_variation\",\"type\":[\"null\",\"double\"],\"doc\":\"Advised minus current request, cores.\",\"default\":null},{\"name\":\"memory_request_variation\",\"type\":[\"null\",\"double\"],\"doc\":\"Advised minus current request, bytes.\",\"default\":null},{\"name\":\"notifications\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Notification codes of the engine.\"}]}},\"doc\":\"Per term and engine that had enough data.\"},{\"name\":\"notifications\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"Notification codes of the whole recommendation.\"},{\"name\":\"document\",\"type\":\"string\",\"doc\":\"The Kruize-shaped recommendations object, as JSON text.\"},{\"name\":\"policy\",\"type\":\"string\",\"doc\":\"Policy that was applied, e.g. kruize-parity.\"},{\"name\":\"engine_version\",\"type\":\"int\",\"doc\":\"Version of the engine code.\"},{\"name\":\"intervals\",\"type\":\"int\",\"doc\":\"Intervals that went in.\"},{\"name\":\"precision\",\"type\":\"string\",\"doc\":\"What the usage was reckoned with: exact, as it was reported; compact, values within 0.0158 % of it.\",\"default\":\"exact\"},{\"name\":\"engine\",\"type\":\"string\",\"doc\":\"Engine that the policy chose: its proposal is the proposal.\",\"default\":\"cost\"},{\"name\":\"policy_values\",\"type\":\"string\",\"doc\":\"What the policy comes to for this object, as JSON text; empty: nothing was chosen.\",\"default\":\"\"},{\"name\":\"policy_sources\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Policies that it is made of, narrowest first, as scope@sequence.\",\"default\":[]},{\"name\":\"proposals\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"EngineProposal\",\"doc\":\"What the chosen engine and balanced propose.\",\"fields\":[{\"name\":\"engine\",\"type\":\"string\",\"doc\":\"Name of the engine.\"},{\"name\":\"cpu_request\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores; null when none is advised.\",\"default\":null},{\"name\":\"cpu_limit\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores.\",\"default\":null},{\"name\":\"memory_request\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes.\",\"default\":null},{\"name\":\"memory_limit\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes.\",\"default\":null},{\"name\":\"cpu_lower\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores that are needed at least, as the engine believes; null when it does not say.\",\"default\":null},{\"name\":\"cpu_upper\",\"type\":[\"null\",\"double\"],\"doc\":\"Cores that are needed at most.\",\"default\":null},{\"name\":\"memory_lower\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes that are needed at least.\",\"default\":null},{\"name\":\"memory_upper\",\"type\":[\"null\",\"double\"],\"doc\":\"Bytes that are needed at most.\",\"default\":null},{\"name\":\"confidence\",\"type\":\"double\",\"doc\":\"0 (none, or not known) to 1.\"},{\"name\":\"severity\",\"type\":[\"null\",\"string\"],\"doc\":\"critical, warning, ok or good; null when nothing is advised.\",\"default\":null},{\"name\":\"score\",\"type\":[\"null\",\"double\"],\"doc\":\"100 when requests are as advised, 0 when all of them are critical.\",\"default\":null},{\"name\":\"do_nothing\",\"type\":\"boolean\",\"doc\":\"What is set lies within bounds.\"},{\"name\":\"flags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Codes of what there is to know, sorted.\"},{\"name\":\"formula\",\"type\":[\"null\",\"string\"],\"doc\":\"How the CPU request came about.\",\"default\":null}]}},\"doc\":\"By engine name.\",\"default\":[]},{\"name\":\"usage_offset\",\"type\":[\"null\",\"long\"],\"doc\":\"Offset in its partition of the usage that it was last decided on, where a changed policy is why it was decided again.\",\"default\":null}]}" },
  RecommendationsRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.RecommendationsRequested', avro: "{\"type\":\"record\",\"name\":\"RecommendationsRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Somebody asks what an experiment should request as of an interval end.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"interval_end\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Newest interval end that may count.\"}]}" },
  ResultsPosted: { context: 'recommendation', fullName: 'rightstream.recommendation.ResultsPosted', avro: "{\"type\":\"record\",\"name\":\"ResultsPosted\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Results of an experiment were posted; which of them count is decided.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"targets\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"PostedTarget\",\"doc\":\"What a result says that it is about.\",\"fields\":[{\"name\":\"type\",\"type\":[\"null\",\"string\"],\"doc\":\"Type of the workload.\",\"default\":null},{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the workload.\",\"default\":null},{\"name\":\"namespace\",\"type\":[\"null\",\"string\"],\"doc\":\"Namespace of the workload, or the namespace itself.\",\"default\":null},{\"name\":\"of_namespace\",\"type\":\"boolean\",\"doc\":\"True when the result is of a namespace, not of containers.\"}]}},\"doc\":\"What the records are about, each once.\"},{\"name\":\"records\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"PostedRecord\",\"doc\":\"One interval of the experiment.\",\"fields\":[{\"name\":\"index\",\"type\":\"int\",\"doc\":\"Place in the call, from 0.\"},{\"name\":\"version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version that it names.\",\"default\":null},{\"name\":\"interval_start\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Start of the interval.\",\"default\":null},{\"name\":\"interval_end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"End of the interval.\",\"default\":null},{\"name\":\"targets\",\"type\":{\"type\":\"array\",\"items\":\"int\"},\"doc\":\"What it is about: places in `targets`.\"},{\"name\":\"problem\",\"type\":[\"null\",\"string\"],\"doc\":\"What is wrong with its metrics, found without knowing the experiment; null: nothing.\",\"default\":null}]}},\"doc\":\"The records of one call, or a part of them.\"},{\"name\":\"series\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"PostedSeries\",\"doc\":\"What was posted of one container or namespace.\",\"fields\":[{\"name\":\"container\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the container; null for the namespace itself.\",\"default\":null},{\"name\":\"image\",\"type\":[\"null\",\"string\"],\"doc\":\"Image of the container, the last one sent.\",\"default\":null},{\"name\":\"length\",\"type\":\"int\",\"doc\":\"Intervals.\"},{\"name\":\"columns\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"record (place in `records`), then what was sent: <metric>.<aggregate>, <metric>.format and <metric>.metadata.\"},{\"name\":\"texts\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Formats and metadata (JSON texts) that elements of those columns point to; -1: sent without.\"},{\"name\":\"values\",\"type\":\"bytes\",\"doc\":\"The columns, packed: schemas/codec/columns.ts; NaN: not sent.\"}]}},\"doc\":\"Per container, or the namespace: intervals without a problem.\"}]}" },
  ResultsRecorded: { context: 'recommendation', fullName: 'rightstream.recommendation.ResultsRecorded', avro: "{\"type\":\"record\",\"name\":\"ResultsRecorded\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Which posted results count from here on, and why the others do not.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish that this answers.\"},{\"name\":\"experiment_id\",\"type\":\"string\",\"doc\":\"64 hexadecimal digits made from organisation and name; the same over time.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"experiment_name\",\"type\":\"string\",\"doc\":\"Name of the experiment, any text; unique within the organisation.\"},{\"name\":\"records\",\"type\":\"int\",\"doc\":\"Records that were posted.\"},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordOutcome\",\"doc\":\"Why a record does not count.\",\"fields\":[{\"name\":\"index\",\"type\":\"int\",\"doc\":\"Place in the call, from 0.\"},{\"name\":\"code\",\"type\":\"string\",\"doc\":\"Stable code of the reason.\"},{\"name\":\"http_status\",\"type\":\"int\",\"doc\":\"Status that a caller over HTTP is answered with.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"The reason for people, in the words of Kruize where it has some.\"},{\"name\":\"version\",\"type\":[\"null\",\"string\"],\"doc\":\"Version that it names.\",\"default\":null},{\"name\":\"interval_start\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"Start of its interval.\",\"default\":null},{\"name\":\"interval_end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"End of its interval.\",\"default\":null}]}},\"doc\":\"Records that do not count.\"},{\"name\":\"ends\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},\"doc\":\"Interval ends of the records that were accepted.\"},{\"name\":\"starts\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},\"doc\":\"Their interval starts, in the same order.\"},{\"name\":\"series\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordedSeries\",\"doc\":\"What counts of one container or namespace.\",\"fields\":[{\"name\":\"container\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the container; null for the namespace itself.\",\"default\":null},{\"name\":\"image\",\"type\":[\"null\",\"string\"],\"doc\":\"Image of the container, the last one sent.\",\"default\":null},{\"name\":\"length\",\"type\":\"int\",\"doc\":\"Intervals.\"},{\"name\":\"columns\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"end, start (ms since 1970), then what was sent: <metric>.<aggregate>, <metric>.format and <metric>.metadata.\"},{\"name\":\"texts\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Formats and metadata (JSON texts) that elements of those columns point to; -1: sent without.\"},{\"name\":\"values\",\"type\":\"bytes\",\"doc\":\"The columns, packed: schemas/codec/columns.ts; NaN: not sent.\"}]}},\"doc\":\"Per container, or the namespace: accepted intervals; of equal ends the first counts.\"}]}" },
  SourceExperimentsRemovalRequested: { context: 'recommendation', fullName: 'rightstream.recommendation.SourceExperimentsRemovalRequested', avro: "{\"type\":\"record\",\"name\":\"SourceExperimentsRemovalRequested\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Written to every partition: experiments that are named for a source of the organisation are to be removed.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"source_id\",\"type\":\"string\",\"doc\":\"Source of the platform that is gone.\"}]}" },
  SourceExperimentsRemoved: { context: 'recommendation', fullName: 'rightstream.recommendation.SourceExperimentsRemoved', avro: "{\"type\":\"record\",\"name\":\"SourceExperimentsRemoved\",\"namespace\":\"rightstream.recommendation\",\"doc\":\"Experiments of one partition that are named for a source were removed, with all that belongs to them.\",\"fields\":[{\"name\":\"request_id\",\"type\":\"string\",\"doc\":\"Event id of the wish.\"},{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"source_id\",\"type\":\"string\",\"doc\":\"Source of the platform that is gone.\"}]}" },
  ClusterUsageRemoved: { context: 'usage', fullName: 'rightstream.usage.ClusterUsageRemoved', avro: "{\"type\":\"record\",\"name\":\"ClusterUsageRemoved\",\"namespace\":\"rightstream.usage\",\"doc\":\"Written to every partition: the usage of a cluster before this event, and what followed from it, is removed.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster, as text: usually a UUID, lower case.\"},{\"name\":\"source_id\",\"type\":\"string\",\"doc\":\"Source of the platform that is gone.\"}]}" },
  ContainerUsageReported: { context: 'usage', fullName: 'rightstream.usage.ContainerUsageReported', avro: "{\"type\":\"record\",\"name\":\"ContainerUsageReported\",\"namespace\":\"rightstream.usage\",\"doc\":\"What one container used, one partial per interval, from one part of one report.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people.\",\"default\":null},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source of the cluster.\",\"default\":null},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"workload_type\",\"type\":\"string\",\"doc\":\"daemonset, deployment, deploymentconfig, replicaset, replicationcontroller or statefulset.\"},{\"name\":\"workload\",\"type\":\"string\",\"doc\":\"Name of the workload.\"},{\"name\":\"container\",\"type\":\"string\",\"doc\":\"Name of the container.\"},{\"name\":\"image\",\"type\":\"string\",\"doc\":\"Image in the latest interval of this part; empty when not reported.\"},{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the report.\"},{\"name\":\"chunk\",\"type\":\"int\",\"doc\":\"Part of the report, from 0; (digest, chunk) names this contribution.\"},{\"name\":\"payload\",\"type\":\"string\",\"doc\":\"Payload that the report belongs to; contributions of one payload add up.\"},{\"name\":\"payload_date\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Date of the payload; of two payloads that overlap the later wins, then the larger digest.\"},{\"name\":\"complete\",\"type\":\"boolean\",\"doc\":\"True when nothing more of this object follows from this report.\"},{\"name\":\"report_end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"With complete: the latest interval end of this object in the whole report.\",\"default\":null},{\"name\":\"intervals\",\"type\":\"int\",\"doc\":\"Partial intervals in columns; may be 0 when complete.\"},{\"name\":\"rows\",\"type\":\"long\",\"doc\":\"CSV rows that went into them.\"},{\"name\":\"columns\",\"type\":\"bytes\",\"doc\":\"Packed columns (layout: schemas/codec/columns.ts), each with one number per partial interval, in interval order: interval_end (ms), interval_start (ms), rows (n), then cpu_request_container_avg, cpu_request_container_sum, cpu_limit_container_avg, cpu_limit_container_sum, cpu_usage_container_avg, cpu_usage_container_min, cpu_usage_container_max, cpu_usage_container_sum, cpu_throttle_container_avg, cpu_throttle_container_max, cpu_throttle_container_sum, memory_request_container_avg, memory_request_container_sum, memory_limit_container_avg, memory_limit_container_sum, memory_usage_container_avg, memory_usage_container_min, memory_usage_container_max, memory_usage_container_sum, memory_rss_usage_container_avg, memory_rss_usage_container_min, memory_rss_usage_container_max, memory_rss_usage_container_sum. _avg columns hold the sum of the rows (divide by n), _sum the sum, _min and _max the extremes; NaN = not reported.\"},{\"name\":\"accelerator_models\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Models of accelerators (GPUs) that its intervals name, sorted.\",\"default\":[]},{\"name\":\"accelerators\",\"type\":[\"null\",\"bytes\"],\"doc\":\"Packed columns, one number per partial interval that tells of an accelerator, in interval order: interval_end (ms), core usage and memory copy (per cent), frame buffer as it was sent, each the greatest of the rows; index into accelerator_models. NaN = not reported; null = no interval tells of one.\",\"default\":null}]}" },
  NamespaceUsageReported: { context: 'usage', fullName: 'rightstream.usage.NamespaceUsageReported', avro: "{\"type\":\"record\",\"name\":\"NamespaceUsageReported\",\"namespace\":\"rightstream.usage\",\"doc\":\"What one namespace used, one partial per interval, from one part of one report.\",\"fields\":[{\"name\":\"org_id\",\"type\":\"string\",\"doc\":\"Organisation that owns the data; every read and write is scoped by it.\"},{\"name\":\"cluster_id\",\"type\":\"string\",\"doc\":\"Cluster that was observed, as text: usually a UUID, lower case.\"},{\"name\":\"cluster_alias\",\"type\":[\"null\",\"string\"],\"doc\":\"Name of the cluster for people.\",\"default\":null},{\"name\":\"source_id\",\"type\":[\"null\",\"string\"],\"doc\":\"Source of the cluster.\",\"default\":null},{\"name\":\"namespace\",\"type\":\"string\",\"doc\":\"Kubernetes namespace.\"},{\"name\":\"upload_id\",\"type\":\"string\",\"doc\":\"Upload, as a UUID assigned when its bytes were accepted.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"sha256 (hex) of the report.\"},{\"name\":\"chunk\",\"type\":\"int\",\"doc\":\"Part of the report, from 0; (digest, chunk) names this contribution.\"},{\"name\":\"payload\",\"type\":\"string\",\"doc\":\"Payload that the report belongs to; contributions of one payload add up.\"},{\"name\":\"payload_date\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"Date of the payload; of two payloads that overlap the later wins, then the larger digest.\"},{\"name\":\"complete\",\"type\":\"boolean\",\"doc\":\"True when nothing more of this object follows from this report.\"},{\"name\":\"report_end\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}],\"doc\":\"With complete: the latest interval end of this object in the whole report.\",\"default\":null},{\"name\":\"intervals\",\"type\":\"int\",\"doc\":\"Partial intervals in columns; may be 0 when complete.\"},{\"name\":\"rows\",\"type\":\"long\",\"doc\":\"CSV rows that went into them.\"},{\"name\":\"columns\",\"type\":\"bytes\",\"doc\":\"Packed columns (layout: schemas/codec/columns.ts), each with one number per partial interval, in interval order: interval_end (ms), interval_start (ms), rows (n), then cpu_request_namespace_sum, cpu_limit_namespace_sum, cpu_usage_namespace_avg, cpu_usage_namespace_max, cpu_usage_namespace_min, cpu_throttle_namespace_avg, cpu_throttle_namespace_max, cpu_throttle_namespace_min, memory_request_namespace_sum, memory_limit_namespace_sum, memory_usage_namespace_avg, memory_usage_namespace_max, memory_usage_namespace_min, memory_rss_usage_namespace_avg, memory_rss_usage_namespace_max, memory_rss_usage_namespace_min, namespace_running_pods_max, namespace_running_pods_avg, namespace_total_pods_max, namespace_total_pods_avg. _avg columns hold the sum of the rows (divide by n), _sum the sum, _min and _max the extremes; NaN = not reported.\"}]}" },
};
