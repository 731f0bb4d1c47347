/** The options by which the dead-letter commands choose. */
import { Command } from 'commander';
import { common } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { filtersOf } from '../dead-letters/filters.ts';
import type { FilterOptions } from '../dead-letters/filters.ts';
import type { Wanted } from '../dead-letters/finding.ts';

/** Options of a command that chooses dead letters. */
export interface ChoosingOptions extends GlobalOptions, FilterOptions {
  readonly org?: string;
}

/** A subcommand with the options that choose dead letters. */
export function choosing(name: string): Command {
  return common(new Command(name))
    .option('--org <org>', "organisation; '' for records that have none (default: all)")
    .option('--unit <unit>', 'stream or projection that set them aside')
    .option('--topic <topic>', 'topic of the records')
    .option('--code <code>', 'why they died')
    .option('--type <event>', 'type of the events')
    .option('--key <key>', 'key of the records')
    .option('--status <status>', 'dead, redriven or discarded')
    .option('--since <time>', 'set aside then or later: a time with its zone, or an age like 2h')
    .option('--until <time>', 'set aside before')
    .option('--where <condition...>', 'conditions on columns of dead_letters, as `query` has them');
}

/** What the options choose. */
export function chosen(options: ChoosingOptions): Wanted {
  return { org: options.org, where: filtersOf(options, Date.now()) };
}
