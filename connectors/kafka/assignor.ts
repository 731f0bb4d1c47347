/**
 * Spreads partitions over the members of a group: partition p of all topics goes to one member, for a projection's inputs belong
 * together; members keep what they have as far as the spread stays even, so that one that joins or leaves moves little.
 */
import { AssignerProtocol } from 'kafkajs';
import type { PartitionAssigner } from 'kafkajs';

/** Name under which members agree on it. */
export const ASSIGNOR = 'rightstream-copartition';

/** A member, the version of the unit in its code, and the partitions that it works on now. */
export interface GroupMember {
  readonly id: string;
  readonly version: number;
  readonly held: readonly number[];
}

/**
 * Partitions 0 to `partitions` - 1 by member id; the same for the same input, whoever computes it. Members of an older version get
 * none: tables of a newer version would refuse them.
 */
export function assignPartitions(members: readonly GroupMember[], partitions: number): Map<string, number[]> {
  const newest = Math.max(...members.map(({ version }) => version));
  const sorted = members.filter(({ version }) => version === newest).sort((a, b) => (a.id < b.id ? -1 : 1));
  const result = new Map<string, number[]>(members.map(({ id }) => [id, []]));
  if (sorted.length === 0) return result;
  const least = Math.floor(partitions / sorted.length);
  let larger = partitions % sorted.length;
  const taken = new Set<number>();
  const quota = new Map<string, number>();
  // Those who hold most get the larger shares: that moves least.
  for (const { id, held } of [...sorted].sort((a, b) => b.held.length - a.held.length)) {
    const most = least + (larger > 0 ? 1 : 0);
    const kept = [...new Set(held)].filter((p) => p >= 0 && p < partitions && !taken.has(p)).slice(0, most);
    if (larger > 0) larger -= 1;
    quota.set(id, most);
    for (const p of kept) taken.add(p);
    result.set(id, kept);
  }
  const free = Array.from({ length: partitions }, (_, p) => p).filter((p) => !taken.has(p));
  for (const { id } of sorted) {
    const own = result.get(id)!;
    while (own.length < quota.get(id)! && free.length > 0) own.push(free.shift()!);
    own.sort((a, b) => a - b);
  }
  return result;
}

/** The assignor for kafkajs: the version of the unit in this code, and what this process works on now. */
export function copartitionAssignor(version: number, held: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: ASSIGNOR,
    version: 1,
    protocol: ({ topics }) => ({
      name: ASSIGNOR,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify({ version, held: held() })),
      }),
    }),
    assign: ({ members, topics }) => {
      const counts = topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length);
      const shares = assignPartitions(
        members.map(({ memberId, memberMetadata }) => ({ id: memberId, ...told(memberMetadata) })),
        Math.max(0, ...counts),
      );
      return Promise.resolve(
        [...shares].map(([memberId, partitions]) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment: Object.fromEntries(
              topics.map((topic, i) => [topic, partitions.filter((p) => p < counts[i]!)]),
            ),
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
  });
}

/** What a member tells of itself; one of another program tells nothing and counts as the oldest. */
function told(metadata: Buffer): { version: number; held: number[] } {
  try {
    const text = AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString() ?? '';
    const { version, held } = JSON.parse(text) as { version?: unknown; held?: unknown };
    return {
      version: typeof version === 'number' ? version : 0,
      held: Array.isArray(held) ? held.filter((p): p is number => Number.isInteger(p)) : [],
    };
  } catch {
    return { version: 0, held: [] };
  }
}
