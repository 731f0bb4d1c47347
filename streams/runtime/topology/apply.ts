/** Does what a plan says, one step after the other. */
import { BadInput } from '../errors.ts';
import { COMPATIBILITY } from './live.ts';
import type { Wanted } from './live.ts';
import { isChange, isRefusal } from './steps.ts';
import type { Change, Step } from './steps.ts';

/** What can be changed in a live system. Each does nothing when it is so already. */
export interface Changer {
  createTopic(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replication: number;
    readonly configs: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** Sets one setting of a topic and leaves its others. */
  setConfig(topic: string, name: string, value: string): Promise<void>;
  registerSchema(subject: string, avro: string): Promise<unknown>;
  setCompatibility(subject: string, level: string): Promise<void>;
  createBucket(name: string): Promise<void>;
}

/** Makes the changes in order and tells each when it is done. A plan with a refusal: BadInput PLAN_REFUSED, and nothing is done. */
export async function applyChanges(
  steps: readonly Step[],
  wanted: Wanted,
  changer: Changer,
  done: (step: Change) => void,
): Promise<void> {
  const refusals = steps.filter(isRefusal);
  if (refusals.length > 0) {
    const named = refusals.map(({ code, target }) => `${code} ${target}`).join(', ');
    throw new BadInput({ code: 'PLAN_REFUSED', message: `nothing was changed: ${named}` });
  }
  const schemas = new Map(wanted.schemas.map((schema) => [schema.subject, schema.avro]));
  for (const step of steps.filter(isChange)) {
    await change(step, schemas, changer);
    done(step);
  }
}

async function change(step: Change, schemas: ReadonlyMap<string, string>, changer: Changer): Promise<void> {
  switch (step.kind) {
    case 'create-topic':
      return changer.createTopic({ ...step, name: step.target });
    case 'set-config':
      return changer.setConfig(step.target, step.name, step.value);
    case 'register-schema':
      await changer.registerSchema(step.target, schemas.get(step.target)!);
      return;
    case 'set-compatibility':
      return changer.setCompatibility(step.target, COMPATIBILITY);
    case 'create-bucket':
      return changer.createBucket(step.target);
  }
}
