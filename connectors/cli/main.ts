/** The composition root of the command line: `rightstream COMMAND`. */
import { Command } from 'commander';
import { report } from './context.ts';
import { commands } from './commands/index.ts';

const program = new Command('rightstream')
  .description('Event-sourced resource optimization for Kubernetes and hosts.')
  .showHelpAfterError()
  .showSuggestionAfterError();
for (const command of commands) program.addCommand(command());

try {
  await program.parseAsync();
} catch (error) {
  report(error, process.argv.includes('--json'));
}
