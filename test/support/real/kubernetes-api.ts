/** Plain calls of a Kubernetes API for tests, beside the product's own client. */
import { request } from 'node:https';
import { json } from 'node:stream/consumers';

/** How to get at an API server. */
export interface ApiAccess {
  readonly url: string;
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  readonly token: string;
}

/** An answer: its status and what it says. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: ApiBody;
}

/** JSON of the API, as tests read it. */
export interface ApiBody {
  readonly metadata?: ApiMetadata;
  readonly items?: readonly ApiBody[];
  readonly message?: string;
  readonly [field: string]: unknown;
}

/** Metadata, as tests read them. */
export interface ApiMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How bodies are written; of a patch, whether lists are merged by their keys (`strategic-`). */
const MIME: Readonly<Record<string, string>> = { PATCH: 'application/merge-patch+json' };

/** Asks; any status is an answer. */
export async function callApi(
  access: ApiAccess,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  mime = MIME[method] ?? 'application/json',
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, access.url),
      {
        method,
        ca: access.ca,
        headers: {
          authorization: `Bearer ${access.token}`,
          accept: 'application/json',
          'content-type': mime,
        },
        timeout: 30_000,
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const text = String(answer.headers['content-type']).includes('json');
        const said = text ? json(answer) : Promise.resolve(answer.resume()).then(() => ({}));
        said.then((given) => {
          resolve({ status, body: given as ApiBody });
        }, reject);
      },
    );
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error(`no answer to ${method} ${path}`)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Asks; rejects unless the answer is one of success. */
export async function doApi(...call: Parameters<typeof callApi>): Promise<ApiBody> {
  const { status, body } = await callApi(...call);
  if (status >= 200 && status < 300) return body;
  throw new Error(`${call[1]} ${call[2]}: ${status} ${body.message ?? ''}`);
}

/** Changes an object; items of lists are merged by their keys, as conditions by their type. */
export function patchStatus(access: ApiAccess, path: string, body: unknown): Promise<ApiBody> {
  return doApi(access, 'PATCH', path, body, 'application/strategic-merge-patch+json');
}

/** What a simulated node has. */
export interface FakeNode {
  readonly name: string;
  /** Quantity; default 4. */
  readonly cpu?: string;
  /** Quantity; default 8Gi. */
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A node that kwok's kubelet looks after. */
export function fakeNode({ name, cpu = '4', memory = '8Gi', labels = {} }: FakeNode): object {
  const amounts = { cpu, memory, pods: '1000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    },
    status: { capacity: amounts, allocatable: amounts },
  };
}
