/** docker-compose.yml as data: anchors merged, variables replaced, as Compose itself reads it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

/** When a service may start after another. */
export type Condition = 'service_healthy' | 'service_started' | 'service_completed_successfully';

/** The parts of a service that are used here. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context?: string; readonly dockerfile_inline?: string };
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>;
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition?: Condition }>>;
  readonly restart?: string;
  readonly privileged?: boolean;
}

/** The parts of the file that are used here. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly configs?: Readonly<Record<string, { readonly content?: string }>>;
}

/** Where the file is. */
export const composePath = resolve(import.meta.dirname, '../../docker-compose.yml');

/** A variable that the file takes from the environment. */
export interface ComposeVariable {
  readonly name: string;
  /** undefined: it has to be set. */
  readonly fallback: string | undefined;
}

/** The text of the file, or of a changed copy, as data. `environment` sets variables; without it each has its default. */
export function parseCompose(text: string, environment: Readonly<Record<string, string>> = {}): ComposeFile {
  return inEveryText(parse(text, { merge: true }), (value) =>
    value.replace(reference, (whole, name: string | undefined, fallback: string | undefined) => {
      if (whole === '$$') return '$';
      if (name === undefined) throw new Error(`"${whole}" is no reference that Compose knows`);
      // as with :-, an empty value counts as none
      return (environment[name] ?? '') || (fallback ?? '');
    }),
  ) as ComposeFile;
}

/** docker-compose.yml of this repository. */
export function readCompose(environment: Readonly<Record<string, string>> = {}): ComposeFile {
  return parseCompose(readFileSync(composePath, 'utf8'), environment);
}

/** Every reference to a variable, in order. */
export function composeVariables(text: string): ComposeVariable[] {
  const found: ComposeVariable[] = [];
  inEveryText(parse(text, { merge: true }), (value) => {
    for (const [, name, fallback] of value.matchAll(reference)) {
      if (name !== undefined) found.push({ name, fallback });
    }
    return value;
  });
  return found;
}

const reference = /\$\$|\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}|\$.?/g;

function inEveryText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => inEveryText(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inEveryText(item, change)]));
}
