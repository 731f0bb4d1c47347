/** Which events are decisions, and which stream each belongs to. A new context adds its rules here. */
import type { EventName, Events } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { AuditSubject } from './names.ts';

/** One kind of decision. */
export interface AuditRule {
  readonly topic: string;
  readonly type: EventName;
  /** `org` is that of the header, for events that do not say. All decisions about one subject lie in one partition. */
  subjectOf(event: Events[EventName], org: string, partition: number): AuditSubject;
}

/** Makes a rule; the compiler knows the event. */
export function auditRule<Name extends EventName>(
  topic: string,
  type: Name,
  subjectOf: (event: Events[Name], org: string, partition: number) => AuditSubject,
): AuditRule {
  return { topic, type, subjectOf: subjectOf as AuditRule['subjectOf'] };
}

/** A report is what is decided on: found once, then repeated by whichever uploads bring it again. */
const report = (event: { org_id: string; cluster_id: string; digest: string }): AuditSubject => ({
  category: 'report',
  org: event.org_id,
  id: [event.cluster_id, event.digest],
});

const deadRecord = (
  { unit, topic, partition, offset }: { unit: string; topic: string; partition: number; offset: number },
  org: string,
): AuditSubject => ({ category: 'dead_record', org, id: [unit, topic, String(partition), String(offset)] });

const experiment = (event: { org_id: string; experiment_name: string }): AuditSubject => ({
  category: 'experiment',
  org: event.org_id,
  id: [event.experiment_name],
});

const performanceProfile = (event: { org_id: string; name: string }): AuditSubject => ({
  category: 'performance_profile',
  org: event.org_id,
  id: [event.name],
});

const cluster = (event: { org_id: string; cluster_id: string }): AuditSubject => ({
  category: 'cluster',
  org: event.org_id,
  id: [event.cluster_id],
});

/** Resizes of a cluster's workloads: another topic, so a stream of their own. */
const resizing = (event: { org_id: string; cluster_id: string }): AuditSubject => ({
  category: 'resizing',
  org: event.org_id,
  id: [event.cluster_id],
});

const policies = ({ org_id }: { org_id: string }): AuditSubject => ({
  category: 'engine_policies',
  org: org_id,
  id: [org_id],
});

/** Every partition has its own, and they belong to no organisation. */
const retained = ({ rows_of }: { rows_of: string }, org: string, partition: number): AuditSubject => ({
  category: 'retention',
  org,
  id: [rows_of, String(partition)],
});

/** The decisions of today. */
export const auditRules: readonly AuditRule[] = [
  auditRule(topics.recommendations, 'RecommendationMade', (event) => ({
    category: 'recommendation',
    org: event.org_id,
    id: [event.recommendation_id],
  })),
  auditRule(topics.experiments, 'ExperimentRegistered', experiment),
  auditRule(topics.experiments, 'ExperimentRefused', experiment),
  auditRule(topics.experiments, 'ExperimentRemoved', experiment),
  auditRule(topics.experiments, 'ResultsRecorded', experiment),
  auditRule(topics.experiments, 'ExperimentRecommendationMade', experiment),
  // Every partition removes its own; each answers a wish of its own.
  auditRule(topics.experiments, 'SourceExperimentsRemoved', ({ org_id: org, source_id, request_id }) => ({
    category: 'source_experiments',
    org,
    id: [source_id, request_id],
  })),
  auditRule(topics.performanceProfiles, 'PerformanceProfileRegistered', performanceProfile),
  auditRule(topics.performanceProfiles, 'PerformanceProfileRefused', performanceProfile),
  auditRule(topics.performanceProfiles, 'PerformanceProfileRemoved', performanceProfile),
  auditRule(topics.placement, 'NodesRegistered', cluster),
  auditRule(topics.placement, 'NodesRemoved', cluster),
  auditRule(topics.placement, 'ServicesRegistered', cluster),
  auditRule(topics.placement, 'ServicesRemoved', cluster),
  auditRule(topics.placement, 'PlacingSet', cluster),
  auditRule(topics.placement, 'PlacementRefused', cluster),
  auditRule(topics.placement, 'PlacementDecided', cluster),
  auditRule(topics.placement, 'ReplicaReleased', cluster),
  auditRule(topics.placement, 'Unplaceable', cluster),
  auditRule(topics.placement, 'ScalingSet', cluster),
  auditRule(topics.placement, 'ScalingRemoved', cluster),
  auditRule(topics.placement, 'ServiceScaled', cluster),
  auditRule(topics.placement, 'ScalingHeld', cluster),
  auditRule(topics.placement, 'NodeLost', cluster),
  auditRule(topics.placement, 'NodeRegained', cluster),
  auditRule(topics.placement, 'NodesForgotten', cluster),
  auditRule(topics.resizing, 'ResizingSet', resizing),
  auditRule(topics.resizing, 'ResizingRemoved', resizing),
  auditRule(topics.resizing, 'ResizingRefused', resizing),
  auditRule(topics.resizing, 'ResizeProposed', resizing),
  auditRule(topics.resizing, 'ResizeProposalClosed', resizing),
  auditRule(topics.resizing, 'ResizeDecided', resizing),
  auditRule(topics.resizing, 'ResizeHeld', resizing),
  auditRule(topics.policies, 'EnginePolicySet', policies),
  auditRule(topics.policies, 'EnginePolicyRemoved', policies),
  auditRule(topics.policies, 'EnginePolicyRefused', policies),
  auditRule(topics.intake, 'UsageReportFound', report),
  auditRule(topics.intake, 'UsageReportRepeated', report),
  auditRule(topics.intake, 'ClusterRemoved', ({ org_id: org, cluster_id }) => ({
    category: 'cluster',
    org,
    id: [cluster_id],
  })),
  auditRule(topics.retention, 'RetentionSet', retained),
  auditRule(topics.retention, 'HistoryExpired', retained),
  auditRule(topics.deadLetters, 'RecordDied', (event) => deadRecord(event, event.org_id)),
  auditRule(topics.deadLetters, 'RecordRedriven', deadRecord),
  auditRule(topics.deadLetters, 'RecordDiscarded', deadRecord),
];
