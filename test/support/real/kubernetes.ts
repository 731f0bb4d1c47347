/** A real Kubernetes control plane with simulated kubelets for a test: etcd, API server, controllers, scheduler, kwok. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiAccess, callApi } from './kubernetes-api.ts';
import { installKubernetes } from './kubernetes-install.ts';
import {
  type Ports,
  TOKENS,
  apiArgs,
  auditFile,
  controlKubeconfig,
  controllerArgs,
  etcdArgs,
  kubeconfig,
  kwokArgs,
  schedulerArgs,
  writeServerFiles,
} from './kubernetes-settings.ts';
import {
  type NativeServer,
  nativeServer,
  readied,
  removeFolder,
  temporaryFolder,
  withFreePorts,
} from './native.ts';
import { freePorts } from './ports.ts';
import { type Child, startChild } from './process.ts';
import type { KubernetesAccess, KubernetesServer } from './servers.ts';

const START_MS = 90_000;

/** Starts all of it and resolves when the API server is ready. What kill, restart, pause and pid mean is the API server; etcd keeps the data. */
export async function startKubernetes(): Promise<KubernetesServer & NativeServer> {
  const programs = await installKubernetes();
  const folder = temporaryFolder('kubernetes');
  const helpers: Child[] = [];
  const cleanUp = async () => {
    await Promise.all(helpers.map((child) => child.stop(0)));
    removeFolder(folder);
  };
  try {
    return await withFreePorts(() => startOn(programs, folder, helpers, cleanUp));
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function startOn(
  programs: { controlplane: string; kwok: string },
  folder: string,
  helpers: Child[],
  cleanUp: () => Promise<void>,
): Promise<KubernetesServer & NativeServer> {
  const ports = await namedPorts();
  writeServerFiles(folder);
  const start = (args: string[]) => startChild({ file: programs.controlplane, args });
  helpers.push(await start(['etcd', ...etcdArgs(folder, ports)]));
  const server = await nativeServer(
    async () =>
      readied(await start(['apiserver', ...apiArgs(folder, ports)]), (child) =>
        child.until('ready', () => isReady(folder, ports), START_MS),
      ),
    { graceMs: 0, cleanUp: () => undefined },
  );
  const access = accessOf(folder, ports);
  writeFileSync(controlKubeconfig(folder), kubeconfig({ ...access, token: TOKENS.controlplane }), {
    mode: 0o600,
  });
  helpers.push(
    await start(['controller-manager', ...controllerArgs(folder, ports)]),
    await start(['scheduler', ...schedulerArgs(folder, ports)]),
    await startChild({ file: programs.kwok, args: kwokArgs(folder, ports) }),
  );
  const stopApi = server.stop.bind(server);
  return Object.assign(server, access, {
    async stop() {
      await stopApi();
      await cleanUp();
    },
    helperLogs: () => helpers.map((child) => child.tail()).join('\n'),
  });
}

async function namedPorts(): Promise<Ports> {
  const [etcd, etcdPeers, api, controllers, scheduler, kwok] = (await freePorts(6)) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  return { etcd, etcdPeers, api, controllers, scheduler, kwok };
}

/** The authority is the second certificate in the file: the server signed its own with it. */
function authority(folder: string): string {
  const file = readFileSync(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
  return file.slice(file.indexOf('-----BEGIN', 1));
}

function accessOf(folder: string, ports: Ports): KubernetesAccess {
  const url = `https://127.0.0.1:${ports.api}`;
  return { url, ca: authority(folder), token: TOKENS.admin, auditLog: auditFile(folder) };
}

async function isReady(folder: string, ports: Ports): Promise<boolean> {
  const access: ApiAccess = accessOf(folder, ports);
  return (await callApi(access, 'GET', '/readyz')).status === 200;
}
