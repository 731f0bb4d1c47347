/** Events as plain JSON for people: bounded, with packed columns spelled out by name. */
import type { EventName, Events } from '../generated/events.ts';
import { containerColumns, intervalColumns, namespaceColumns } from '../usage-columns.ts';
import { unpackColumns } from './columns.ts';

/** Bounds of a preview. */
export interface PreviewLimits {
  /** Items shown per array or column; what is left out is counted in a last item. */
  readonly maxItems: number;
  /** Characters shown per text. */
  readonly maxText: number;
}

const defaults: PreviewLimits = { maxItems: 24, maxText: 2_000 };

/**
 * A value that `JSON.stringify` accepts. Field names are those of the schema, timestamps stay milliseconds,
 * numbers that were not reported (NaN) are null, other bytes are base64.
 */
export function toJson<Name extends EventName>(
  type: Name,
  data: Events[Name],
  limits: PreviewLimits = defaults,
): Record<string, unknown> {
  const names = columnNames[type];
  return Object.fromEntries(
    Object.entries(data).map(([field, value]: [string, unknown]) => [
      field,
      field === 'columns' && names !== undefined && value instanceof Uint8Array
        ? columnsJson(names, value, limits)
        : valueJson(value, limits),
    ]),
  );
}

const columnNames: Readonly<Partial<Record<EventName, readonly string[]>>> = {
  ContainerUsageReported: [...intervalColumns, ...containerColumns.map((column) => column.name)],
  NamespaceUsageReported: [...intervalColumns, ...namespaceColumns.map((column) => column.name)],
};

function columnsJson(names: readonly string[], bytes: Uint8Array, limits: PreviewLimits): unknown {
  try {
    const { columns } = unpackColumns(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return Object.fromEntries(
      columns.map((column, c) => [names[c] ?? `column_${c}`, itemsJson(column, limits)]),
    );
  } catch (error) {
    // a preview shows what it can: the record itself may still be looked at
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

function valueJson(value: unknown, limits: PreviewLimits): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return clip(value, limits);
  if (value instanceof Uint8Array) return clip(Buffer.from(value).toString('base64'), limits);
  if (Array.isArray(value)) return itemsJson(value, limits);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, valueJson(inner, limits)]));
  }
  return value;
}

function itemsJson(items: ArrayLike<unknown>, limits: PreviewLimits): unknown[] {
  const shown = Array.from({ length: Math.min(items.length, limits.maxItems) }, (_, i) =>
    valueJson(items[i], limits),
  );
  return items.length > shown.length ? [...shown, `… ${items.length - shown.length} more`] : shown;
}

function clip(text: string, limits: PreviewLimits): string {
  return text.length > limits.maxText
    ? `${text.slice(0, limits.maxText)}… ${text.length - limits.maxText} more characters`
    : text;
}
