/** Reasons against a node, for people: what is missing, and how much of what is needed that is. */
import { untolerated } from './filter.ts';
import type { MisfitCode, Wanted } from './filter.ts';
import type { Account } from './ledger.ts';
import type { Node } from './model.ts';

/** A sentence without the node's name. */
export function misfitText(code: MisfitCode, account: Account, want: Wanted): string {
  const { node } = account;
  const { service, needs } = want;
  switch (code) {
    case 'NODE_GONE':
      return 'is not in the cluster';
    case 'NODE_NOT_READY':
      return 'is not ready';
    case 'NODE_NOT_SCHEDULABLE':
      return node.state === 'cordoned' ? 'is cordoned' : 'takes nothing new';
    case 'NODE_LABELS':
      return `does not have the labels ${texts(service.nodeSelector)}`;
    case 'NODE_TAINTED':
      return `has the taint ${untolerated(node, service)?.key ?? ''}, which the service does not tolerate`;
    case 'CPU':
      return `${account.cpu} of ${node.cpu} millicores are left, ${service.cpu} are needed${lessThanDeclared(node, 'cpu')}`;
    case 'MEMORY':
      return `${account.memory} of ${node.memory} MB are left, ${service.memory} are needed${lessThanDeclared(node, 'memory')}`;
    case 'CORES':
      return `its cores have ${account.sorted.join(', ')} % left, ${needs.join(', ')} % are needed, each of another core`;
    case 'ACCELERATOR': {
      const [type, need] = lackingDevice(account, want);
      return `no ${type} has more than ${most(account, type)} % left, ${need} are needed`;
    }
    case 'APART':
      return 'is too near to a replica that it must keep apart from';
    case 'SPREAD':
      return 'would make the spread over the nodes more uneven than is allowed';
  }
}

function lessThanDeclared({ declared, ...node }: Node, what: 'cpu' | 'memory'): string {
  return declared === undefined || declared[what] <= node[what]
    ? ''
    : `; ${declared[what]} are declared, the cluster lets pods take ${node[what]}`;
}

/** What is missing as a share of what is needed: 0.25 is a quarter; 1 where no amount would help. */
export function missingShare(code: MisfitCode, account: Account, want: Wanted): number {
  const share = (need: number, left: number) => Math.min(1, (need - Math.max(0, left)) / need);
  switch (code) {
    case 'CPU':
      return share(want.service.cpu, account.cpu);
    case 'MEMORY':
      return share(want.service.memory, account.memory);
    case 'CORES': {
      const lacking = want.needs.reduce(
        (sum, need, i) => sum + Math.max(0, need - (account.sorted[i] ?? 0)),
        0,
      );
      return lacking / want.needs.reduce((sum, need) => sum + need, 0);
    }
    case 'ACCELERATOR': {
      const [type, need] = lackingDevice(account, want);
      return share(need, most(account, type));
    }
    default:
      return 1;
  }
}

function lackingDevice(account: Account, { devices }: Wanted): readonly [string, number] {
  return devices.find(([type, need]) => most(account, type) < need) ?? ['accelerator', 0];
}

function most({ node, devices }: Account, type: string): number {
  return node.accelerators.reduce(
    (best, device, i) => (device.type === type ? Math.max(best, devices[i]!) : best),
    0,
  );
}

function texts(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
