/** Named points at which tests kill the process; in production the hook does nothing. */

/** Every point between two effects: before and after each append, apply, commit and publish. */
export const crashPoints = [
  'upload.stored',
  'upload.appended',
  'unit.read',
  'transaction.locked',
  'transaction.loaded',
  'transaction.stored',
  'transaction.saved',
  'transaction.appended',
  'transaction.committed',
  'transaction.published',
  'outbox.produced',
  'outbox.forgotten',
] as const;

/** Name of a crash point. */
export type CrashPoint = (typeof crashPoints)[number];

/** Called at each point. */
export type Faults = (point: CrashPoint) => void;

/** Production: nothing happens. */
export const noFaults: Faults = () => undefined;
