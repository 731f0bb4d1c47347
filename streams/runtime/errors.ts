/**
 * The failure classes. The class is the policy: what is thrown decides what the run loop does.
 */

/** A message for people with a stable code, coordinates and the next step. */
export interface ErrorDetails {
  /** Stable code, SCREAMING_SNAKE_CASE. */
  readonly code: string;
  /** What happened, where, and what to do next. */
  readonly message: string;
  /** Where: file, row, column, topic, partition, offset … */
  readonly coordinates?: Readonly<Record<string, string | number>>;
}

abstract class CodedError extends Error {
  readonly code: string;
  readonly coordinates: Readonly<Record<string, string | number>>;
  constructor(details: ErrorDetails, options?: ErrorOptions) {
    super(details.message, options);
    this.name = new.target.name;
    this.code = details.code;
    this.coordinates = details.coordinates ?? {};
  }
}

/** This record or input can never succeed: it becomes a dead letter (or a refusal) with code and reason. */
export class Terminal extends CodedError {}

/** It may succeed later (a database, store or network is away): back off with jitter and try again, in order. */
export class Retryable extends CodedError {}

/** The process must not go on (a promise is about to be broken): exit non-zero, a supervisor restarts. */
export class Fatal extends CodedError {}

/** A newer owner holds this unit's partition; whoever sees this must drop its caches and stop working on it. */
export class Fenced extends CodedError {}

/** What a user typed or sent is wrong: exit code 2 on the command line, 4xx on HTTP. */
export class BadInput extends CodedError {}

/** The code of an error when it has one, else UNEXPECTED. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNEXPECTED';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
