/** What is wrong with a node, a Deployment or a pod: a stable code, what Kubernetes says, and what to do next. */

/** A condition as Kubernetes states it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A state that a container is in. */
interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number };
}

/** A container as it is. */
export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** What a pod says of itself. */
export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

/** A reason for users. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** Longest message, characters. */
const LONGEST = 500;

const image = 'check the name of the image and whether the nodes may pull it';
const config = 'see that what it refers to is there: ConfigMaps, Secrets, volumes';
/** What to do about a code. */
const next: Readonly<Record<string, string>> = {
  NODE_NOT_READY: 'look at its kubelet',
  NODE_UNREACHABLE: 'see that the machine runs and reaches the cluster',
  NODE_NOT_REPORTING: 'wait for its kubelet, or look at it',
  NODE_BAD_QUANTITY: 'what is declared counts; see what its kubelet reports as allocatable',
  MEMORY_PRESSURE: 'free memory there, or declare less of it',
  DISK_PRESSURE: 'free disk space there',
  PID_PRESSURE: 'run fewer processes there',
  UNSCHEDULABLE: 'free room on its node, declare what the node really has, or tolerate its taint',
  IMAGE_PULL_FAILED: image,
  INVALID_IMAGE_NAME: image,
  CRASH_LOOP: 'read its last log: kubectl logs --previous',
  OOM_KILLED: 'give it more memory',
  EVICTED: 'its node ran out of something; give it requests that it keeps to',
  CREATE_CONTAINER_CONFIG_ERROR: config,
  CREATE_CONTAINER_ERROR: config,
  RUN_CONTAINER_ERROR: 'see that its command is in the image',
  CONTAINER_FAILED: 'read its last log: kubectl logs --previous',
  POD_FAILED: 'kubectl describe it',
  FAILED_CREATE: 'see quotas and admission of the namespace',
  PROGRESS_DEADLINE_EXCEEDED: 'see its pods; the old ones serve on',
};

/** One code for what Kubernetes reports by turns. */
const same: Readonly<Record<string, string>> = {
  ErrImagePull: 'IMAGE_PULL_FAILED',
  ImagePullBackOff: 'IMAGE_PULL_FAILED',
  ErrImageNeverPull: 'IMAGE_PULL_FAILED',
  RegistryUnavailable: 'IMAGE_PULL_FAILED',
  InvalidImageName: 'INVALID_IMAGE_NAME',
  CrashLoopBackOff: 'CRASH_LOOP',
  OOMKilled: 'OOM_KILLED',
  StartError: 'RUN_CONTAINER_ERROR',
  ContainerCannotRun: 'RUN_CONTAINER_ERROR',
  Error: 'CONTAINER_FAILED',
};
/** Waiting for these is how pods start. */
const starting = new Set(['ContainerCreating', 'PodInitializing']);

/** A trouble with what to do about it. */
export function trouble(reason: string, said: string): Trouble {
  const what = said
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST);
  const todo = next[reason] ?? 'kubectl describe it';
  return { reason, message: what === '' ? todo : `${what}; ${todo}` };
}

/** The code of a reason of Kubernetes: `CreateContainerError` is `CREATE_CONTAINER_ERROR`. */
export function codeOfReason(reason: string): string {
  const plain = reason.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/\W+/g, '_');
  return same[reason] ?? plain.toUpperCase().slice(0, 63);
}

/** The condition of a type. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** What is wrong with a node; a node that is ready may be short of something. */
export function troubleOfNode(conditions: readonly Condition[] | undefined): Trouble | undefined {
  const ready = conditionOf(conditions, 'Ready');
  if (ready === undefined) return trouble('NODE_NOT_REPORTING', '');
  if (ready.status !== 'True')
    return trouble(ready.status === 'False' ? 'NODE_NOT_READY' : 'NODE_UNREACHABLE', ready.message ?? '');
  for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const pressure = conditionOf(conditions, type);
    if (pressure?.status === 'True')
      return trouble(codeOfReason(type.replace('PID', 'Pid')), pressure.message ?? '');
  }
  return undefined;
}

/** What is wrong with a Deployment. */
export function troubleOfDeployment(conditions: readonly Condition[] | undefined): Trouble | undefined {
  const failure = conditionOf(conditions, 'ReplicaFailure');
  if (failure?.status === 'True')
    return trouble(codeOfReason(failure.reason ?? 'FailedCreate'), failure.message ?? '');
  const progress = conditionOf(conditions, 'Progressing');
  return progress?.status === 'False'
    ? trouble(codeOfReason(progress.reason ?? 'ProgressDeadlineExceeded'), progress.message ?? '')
    : undefined;
}

/** What is wrong with a pod: it was put an end to, has no node, or a container does not run. One that serves may have been killed. */
export function troubleOfPod(status: PodStatus): Trouble | undefined {
  if (status.phase === 'Failed' && status.reason !== undefined)
    return trouble(codeOfReason(status.reason), status.message ?? '');
  const scheduled = conditionOf(status.conditions, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable')
    return trouble('UNSCHEDULABLE', scheduled.message ?? '');
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const found = troubleOfContainer(container);
    if (found !== undefined) return found;
  }
  return status.phase === 'Failed' ? trouble('POD_FAILED', status.message ?? '') : undefined;
}

function troubleOfContainer({ name, state, lastState }: ContainerStatus): Trouble | undefined {
  const killed = [state, lastState].some((it) => it?.terminated?.reason === 'OOMKilled');
  if (killed) return trouble('OOM_KILLED', `container ${name} took more memory than its limit`);
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason !== undefined && !starting.has(waiting.reason))
    return trouble(codeOfReason(waiting.reason), `container ${name}: ${waiting.message ?? waiting.reason}`);
  if (terminated === undefined || terminated.exitCode === 0) return undefined;
  const ended = terminated.message ?? `ended with exit code ${terminated.exitCode ?? 'unknown'}`;
  return trouble(codeOfReason(terminated.reason ?? 'Error'), `container ${name}: ${ended}`);
}
