/** Every command, in the order of the help. */
import type { Command } from 'commander';
import { policyCommand } from './policy.ts';
import { queryCommand } from './query.ts';
import { explainCommand } from './explain.ts';
import { topicsCommand } from './topics.ts';
import { tailCommand } from './tail.ts';
import { produceCommand } from './produce.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { doctorCommand } from './doctor.ts';
import { auditCommand } from './audit.ts';
import { benchDataCommand } from './bench-data.ts';
import { checkCommand } from './check.ts';
import { clusterCommand } from './cluster.ts';
import { drawCommand } from './draw.ts';
import { demoCommand } from './demo.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { ingestCommand } from './ingest.ts';
import { applyCommand, planCommand } from './plan.ts';
import { replayCommand } from './replay.ts';
import { nodesCommand } from './nodes.ts';
import { placeCommand } from './place.ts';
import { profileCommand } from './profile.ts';
import { servicesCommand } from './services.ts';
import { reportCommand } from './report.ts';
import { resizeCommand } from './resize.ts';
import { retentionCommand } from './retention.ts';
import { runCommand, upCommand } from './run.ts';
import { simulateCommand } from './simulate.ts';

/** Makers of commands. */
export const commands: readonly (() => Command)[] = [
  upCommand,
  runCommand,
  demoCommand,
  ingestCommand,
  replayCommand,
  exportCommand,
  importCommand,
  queryCommand,
  explainCommand,
  reportCommand,
  simulateCommand,
  nodesCommand,
  servicesCommand,
  profileCommand,
  placeCommand,
  clusterCommand,
  policyCommand,
  resizeCommand,
  retentionCommand,
  topicsCommand,
  tailCommand,
  produceCommand,
  deadLettersCommand,
  doctorCommand,
  auditCommand,
  benchDataCommand,
  checkCommand,
  planCommand,
  applyCommand,
  drawCommand,
];
