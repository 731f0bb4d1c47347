/** How the servers of a Kubernetes control plane are run for tests: their files and flags. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesFile } from './kubernetes-install.ts';

/** Ports of the servers. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly api: number;
  readonly controllers: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** Who may come in by a token of the same name: tests do everything, the control plane its work. */
export const TOKENS = { admin: 'admin-of-tests', controlplane: 'control-plane-of-tests' } as const;

type Flags = Readonly<Record<string, string | number | boolean>>;

function flags(settings: Flags): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

/** Writes what the servers read, but for kubeconfigs. */
export function writeServerFiles(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(folder, 'accounts.pub'), publicKey);
  writeFileSync(join(folder, 'accounts.key'), privateKey, { mode: 0o600 });
  const rows = Object.entries(TOKENS).map(([user, token]) => `${token},${user},${user},"system:masters"`);
  writeFileSync(join(folder, 'tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
}

/** A kubeconfig with a token. JSON is YAML. */
export function kubeconfig(access: { url: string; ca: string; token: string; namespace?: string }): string {
  const { url, ca, token, namespace } = access;
  const name = 'test';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name,
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: [{ name, user: { token } }],
      contexts: [
        { name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } },
      ],
      'current-context': name,
    },
    null,
    2,
  );
}

/** Arguments of etcd. */
export function etcdArgs(folder: string, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return flags({
    name: 'test',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `test=${peers}`,
    'unsafe-no-fsync': true,
    'log-level': 'warn',
  });
}

/** Arguments of the API server. */
export function apiArgs(folder: string, ports: Ports): string[] {
  return flags({
    'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': ports.api,
    'cert-dir': join(folder, 'certificates'),
    'endpoint-reconciler-type': 'none',
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': join(folder, 'accounts.pub'),
    'service-account-signing-key-file': join(folder, 'accounts.key'),
    'service-cluster-ip-range': '10.0.0.0/16',
    'audit-policy-file': kubernetesFile('audit-policy.yaml'),
    'audit-log-path': auditFile(folder),
    'shutdown-delay-duration': '0s',
    // so that a watch of the product cannot hold an orderly shutdown up
    'shutdown-watch-termination-grace-period': '0s',
  });
}

/** Where the API server writes who changed what. */
export function auditFile(folder: string): string {
  return join(folder, 'audit.log');
}

/** Arguments of the controller manager. */
export function controllerArgs(folder: string, ports: Ports): string[] {
  return flags({
    ...common(folder, ports.controllers),
    'service-account-private-key-file': join(folder, 'accounts.key'),
    'use-service-account-credentials': false,
    // what no test needs costs memory and time
    controllers: [
      ...['deployment-controller', 'replicaset-controller', 'serviceaccount-controller'],
      ...['namespace-controller', 'garbage-collector-controller', 'node-lifecycle-controller'],
      ...['pod-garbage-collector-controller', 'endpointslice-controller', 'disruption-controller'],
      ...['statefulset-controller', 'daemonset-controller', 'resourcequota-controller'],
      ...['taint-eviction-controller', 'root-ca-certificate-publisher-controller'],
    ].join(','),
  });
}

/** Arguments of the scheduler. */
export function schedulerArgs(folder: string, ports: Ports): string[] {
  return flags(common(folder, ports.scheduler));
}

/** Arguments of kwok, the kubelets. */
export function kwokArgs(folder: string, ports: Ports): string[] {
  return flags({
    kubeconfig: controlKubeconfig(folder),
    config: kubernetesFile('stages.yaml'),
    'manage-all-nodes': false,
    'manage-nodes-with-annotation-selector': 'kwok.x-k8s.io/node=fake',
    'node-lease-duration-seconds': 40,
    'server-address': `127.0.0.1:${ports.kwok}`,
  });
}

/** The kubeconfig of the servers themselves. */
export function controlKubeconfig(folder: string): string {
  return join(folder, 'control.kubeconfig');
}

function common(folder: string, port: number): Flags {
  return {
    kubeconfig: controlKubeconfig(folder),
    'authentication-skip-lookup': true,
    'leader-elect': false,
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'kube-api-qps': 500,
    'kube-api-burst': 1_000,
  };
}
