/** Reading a kubeconfig. Nothing of what is in it is repeated but the server's address: it may hold tokens and keys. */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { BadInput, codeOf } from '../../streams/runtime/errors.ts';

/** Says that the process runs in a pod and has the rights of its service account. */
export const IN_CLUSTER = 'in-cluster';

const MAX_BYTES = 1_048_576;

/** Reads the file, or what a pod is given; throws BadInput BAD_KUBECONFIG. */
export async function readKubeconfig(file: string): Promise<KubeConfig> {
  const config = new KubeConfig();
  if (file === IN_CLUSTER) {
    config.loadFromCluster();
  } else {
    const text = await textOf(file);
    try {
      config.loadFromString(text);
      config.makePathsAbsolute(dirname(file));
    } catch {
      throw wrong(file, 'it is no YAML with clusters, users and contexts');
    }
  }
  const server = config.getCurrentCluster()?.server ?? '';
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    const pod = file === IN_CLUSTER ? ', or this process runs in no pod' : '';
    throw wrong(file, `its current context names no cluster with the address of a server${pod}`);
  }
  const { username, password } = new URL(server);
  if (username !== '' || password !== '') {
    throw wrong(
      file,
      "the server's address has a user or a password; they belong to the user of the context",
    );
  }
  if (server.startsWith('http:') && config.getCurrentCluster()?.skipTLSVerify !== true) {
    throw wrong(file, 'the server is not https; insecure-skip-tls-verify: true says that this is meant');
  }
  return config;
}

/** The namespace of the current context. */
export function contextNamespace(config: KubeConfig): string | undefined {
  return config.getContextObject(config.getCurrentContext())?.namespace;
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MAX_BYTES) throw wrong(file, `it has more than ${MAX_BYTES} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw wrong(file, `it cannot be read (${codeOf(error)})`);
  }
}

function wrong(file: string, why: string): BadInput {
  return new BadInput({
    code: 'BAD_KUBECONFIG',
    message: `the kubeconfig ${file} cannot be used: ${why}. \`kubectl --kubeconfig ${file} version\` is to work.`,
    coordinates: { file },
  });
}
