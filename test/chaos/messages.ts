/** What a process under chaos and its parent say to each other. */
import type { Sending } from './uploads.ts';

/** From the parent: accept this upload. */
export interface ToChild {
  readonly id: number;
  readonly upload: Sending;
}

/** From the process. */
export type FromChild =
  | { readonly kind: 'open' }
  | { readonly kind: 'running' }
  /** A unit tries something again. */
  | { readonly kind: 'retry'; readonly code: string }
  | { readonly kind: 'accepted'; readonly id: number; readonly uploadId: string }
  | { readonly kind: 'refused'; readonly id: number; readonly error: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
