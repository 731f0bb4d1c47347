import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { auditRules } from '../../../connectors/eventstoredb/rules.ts';

interface Topology {
  readonly topics: Readonly<Record<string, { readonly events: readonly string[] }>>;
  readonly projections: Readonly<Record<string, { readonly emits: readonly string[] }>>;
}

/** What clients ask for and what streams read out of uploads, what the platform says, what partitions are told, and how far they are: no decisions. */
const noDecision =
  /Requested$|Posted$|^EnginePoliciesChanged$|^Policies(Applied|ApplicationDue)$|^Upload(Received|Opened|Refused)$|^ReportRead$|^SourceApplicationDestroyed$/;

/** What is seen or measured of a cluster and of its load, what became of applying something to it, and advice on the way: no decisions. */
const told =
  /^(Node|Deployment|Pod|Workload)(Observed|Gone)$|^NamespaceLimitsObserved$|^(Object|Resize)(Applied|Removed|Refused|Failed|Infeasible|RolledBack|Advised)$|^DriftFound$|^(Load|Throttling)Reported$|^ProfileRecorded$|^ContentionRaised$/;

it('every event that a decider may emit is written down, and nothing else but what the runtime decides', () => {
  const { topics, projections } = parse(readFileSync('topology.yaml', 'utf8')) as Topology;
  const emitted = new Set(Object.values(projections).flatMap(({ emits }) => emits));
  const decisions = [...emitted, 'dead-letters'].flatMap((topic) =>
    topics[topic]!.events.filter((event) => !noDecision.test(event) && !told.test(event)).map(
      (event) => `${topic}: ${event}`,
    ),
  );
  expect(auditRules.map(({ topic, type }) => `${topic}: ${type}`).sort()).toEqual(decisions.sort());
});
