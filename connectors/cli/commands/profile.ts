/** `rightstream profile`: what services need and are sensitive to, from logs of runs. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { categoryRules } from '../../../projections/placement/profiling/categories.ts';
import type { CategoryRules } from '../../../projections/placement/profiling/categories.ts';
import { BadInput, messageOf } from '../../../streams/runtime/errors.ts';
import { exitCodes, print, printJson } from '../context.ts';
import { needsBody, profiles, profilesText } from '../profiling.ts';
import { list, wholeNumber } from '../where.ts';
import { terminalWidth } from './query.ts';

interface Options {
  readonly shared?: readonly string[];
  readonly service?: string;
  readonly node: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The command. */
export function profileCommand(): Command {
  return new Command('profile')
    .description('Profile services from logs: throughput, sensitivity, contention, and needs to declare.')
    .addCommand(logsCommand(), { isDefault: true });
}

function logsCommand(): Command {
  return new Command('logs')
    .description('Profile services from CSV logs of requests and of their processes.')
    .argument('<file...>', 'logs; …_shared_resource.csv is of requests on a shared node')
    .option('--shared <file...>', 'logs of requests on a shared node, whatever their names')
    .option('--service <name>', 'the service that all files are of (default: as their names say)')
    .option('--node <cpu,memory>', 'node that shares are of, millicores and MB', '4000,4096')
    .option('--out <file>', 'write what is proposed, for `services update -f`')
    .option('--json', 'print one JSON value for scripts')
    .addHelpText(
      'after',
      `
A log begins with response_time,norm_time (seconds) or with cpu_usage,memory_usage[,child_cpu,child_memory,gpu_usage]
(millicores, MB, per cent). Of several process logs of a service the heaviest load counts.

Examples:
  $ rightstream profile detect_without_shared_resource.csv detect_shared_resource.csv detect_f50.csv
  $ rightstream profile requests.csv process.csv --service detect --out needs.json
  $ rightstream services update -f needs.json`,
    )
    .action(async (files: string[], options: Options) => {
      const { shared = [], service, out, json } = options;
      const found = await profiles({ files, shared, service, rules: rulesOf(options) });
      if (json === true) printJson({ profiles: found });
      else print(profilesText(found, terminalWidth()));
      if (out !== undefined) await write(out, `${JSON.stringify(needsBody(found), null, 2)}\n`);
      process.exitCode = exitCodes.done;
    });
}

function rulesOf({ node }: Options): CategoryRules {
  const [cpu = '', memory = '', ...rest] = list(node);
  if (rest.length > 0) throw new BadInput({ code: 'BAD_OPTION', message: '--node: write cpu,memory' });
  const amount = (text: string) => wholeNumber('--node', text, 1, 1_000_000_000);
  return { ...categoryRules, node: { cpu: amount(cpu), memory: amount(memory) } };
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new BadInput({ code: 'CANNOT_WRITE', message: `cannot write ${path}: ${messageOf(error)}` });
  });
}
