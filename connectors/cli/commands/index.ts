/** Every command, in the order of the help. */
import type { Command } from 'commander';
import { demoCommand } from './demo.ts';
import { ingestCommand } from './ingest.ts';
import { replayCommand } from './replay.ts';
import { upCommand } from './up.ts';

/** Makers of commands. */
export const commands: readonly (() => Command)[] = [upCommand, demoCommand, ingestCommand, replayCommand];
