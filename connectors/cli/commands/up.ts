/** `rightstream up`: everything in one process until it is told to stop. */
import { Command } from 'commander';
import pc from 'picocolors';
import { codeOf, messageOf } from '../../../streams/runtime/errors.ts';
import { common, defaultDataDir, openFrom, print, printJson } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { serve } from '../serving.ts';

interface Options extends GlobalOptions {
  readonly host: string;
  readonly port: string;
  readonly strict?: boolean;
  readonly trustedProxy?: string[];
  readonly allowedHost?: string[];
  readonly org: string;
}

/** The command. */
export function upCommand(): Command {
  return common(new Command('up'))
    .description('Run the units, the HTTP API and the dashboard until Ctrl-C.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '3000')
    .option('--org <org>', 'organisation of local callers without x-rh-identity', 'local')
    .option('--strict', 'take uploads exactly as upstream does')
    .option('--trusted-proxy <address...>', 'proxies that may set x-rh-identity')
    .option('--allowed-host <name...>', 'host names to answer to besides localhost')
    .addHelpText('after', '\nExamples:\n  $ rightstream up\n  $ rightstream up --port 0 --data-dir ./data')
    .action(async (options: Options) => {
      const app = await openFrom(options);
      try {
        const served = await serve(app, {
          host: options.host,
          port: Number(options.port),
          strict: options.strict === true,
          defaultOrg: options.org,
          ...(options.trustedProxy === undefined
            ? {}
            : { trustIdentity: 'proxy', trustedProxies: options.trustedProxy }),
          ...(options.allowedHost === undefined ? {} : { allowedHosts: options.allowedHost }),
        });
        announce(options, served.url);
        await Promise.race([stopSignal(), served.failed]).catch((error: unknown) => {
          process.stderr.write(`rightstream: ${codeOf(error)}: ${messageOf(error)}\n`);
          process.exitCode = 1;
        });
        await served.stop();
      } finally {
        await app.close();
      }
    });
}

function announce(options: Options, url: string): void {
  const dataDir = options.dataDir ?? defaultDataDir();
  if (options.json === true) {
    printJson({ url, dataDir, org: options.org });
    return;
  }
  print(`${pc.bold('Rightstream')} is up`);
  print(`  dashboard   ${url}/`);
  print(`  API         ${url}/docs`);
  print(`  upload      curl -F file=@cost-mgmt.tar.gz ${url}/api/ingress/v1/upload`);
  print(`  data        ${dataDir}`);
  print(`  callers on this machine without x-rh-identity act for organisation ${pc.bold(options.org)}`);
}

/** Resolves on SIGTERM or SIGINT: the batch in hand is finished and committed before the process ends. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        resolve();
      });
    }
  });
}
