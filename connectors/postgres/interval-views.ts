/** Views that unpack usage days to one row per interval, for people in psql and for queries. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import { containerColumns, intervalColumns, namespaceColumns } from '../../schemas/usage-columns.ts';
import type { TableInfo } from '../../projections/runtime/ports.ts';
import type { TableSet } from '../../streams/runtime/units.ts';

/** Unpacks one packed column (schemas/codec/columns.ts) to float8[]; for looking, not for speed. */
export const unpackFunction = `
CREATE OR REPLACE FUNCTION public.unpack_column(packed bytea, wanted int) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  n int := get_byte(packed, 2) + get_byte(packed, 3) * 256 + get_byte(packed, 4) * 65536 + get_byte(packed, 5) * 16777216;
  at int := 6;
  mode int;
  size int;
  result float8[] := '{}';
  low bigint;
  high bigint;
  value float8;
  first float8;
BEGIN
  FOR c IN 0 .. get_byte(packed, 1) - 1 LOOP
    mode := get_byte(packed, at);
    at := at + 1;
    size := CASE mode WHEN 0 THEN 0 WHEN 1 THEN 8 WHEN 2 THEN n WHEN 3 THEN 2 * n WHEN 6 THEN 8 * n WHEN 7 THEN 16 ELSE 4 * n END;
    IF c = wanted THEN
      IF mode = 0 THEN RETURN array_fill(NULL::float8, ARRAY[n]); END IF;
      IF mode = 1 THEN RETURN array_fill(nullif(public.float8_at(packed, at), 'NaN'), ARRAY[n]); END IF;
      FOR i IN 0 .. n - 1 LOOP
        value := CASE mode
          WHEN 2 THEN get_byte(packed, at + i)
          WHEN 3 THEN get_byte(packed, at + 2 * i) + get_byte(packed, at + 2 * i + 1) * 256
          WHEN 6 THEN public.float8_at(packed, at + 8 * i)
          WHEN 7 THEN public.float8_at(packed, at) + public.float8_at(packed, at + 8) * i
          ELSE get_byte(packed, at + 4 * i) + get_byte(packed, at + 4 * i + 1) * 256
            + get_byte(packed, at + 4 * i + 2) * 65536 + get_byte(packed, at + 4 * i + 3) * 16777216::float8
        END;
        IF mode = 5 THEN value := value / 1e6; END IF;
        result := result || nullif(value, 'NaN');
      END LOOP;
      RETURN result;
    END IF;
    at := at + size;
  END LOOP;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION public.unpack_column IS 'One column of packed usage or signals, by position; NULL where nothing was reported.';
`;

/** A little-endian double in a bytea. */
export const floatFunction = `
CREATE OR REPLACE FUNCTION public.float8_at(packed bytea, at int) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  exponent int := (get_byte(packed, at + 7) & 127) * 16 + get_byte(packed, at + 6) / 16;
  mantissa bigint := (get_byte(packed, at + 6) & 15)::bigint * 281474976710656 + get_byte(packed, at + 5)::bigint * 1099511627776
    + get_byte(packed, at + 4)::bigint * 4294967296 + get_byte(packed, at + 3)::bigint * 16777216
    + get_byte(packed, at + 2)::bigint * 65536 + get_byte(packed, at + 1)::bigint * 256 + get_byte(packed, at)::bigint;
  magnitude float8;
BEGIN
  IF exponent = 2047 THEN
    IF mantissa <> 0 THEN RETURN 'NaN'; END IF;
    magnitude := 'Infinity';
  ELSIF exponent = 0 THEN
    magnitude := mantissa * power(2::float8, -1074);
  ELSIF exponent >= 1075 THEN
    magnitude := (mantissa + 4503599627370496)::float8 * power(2::float8, exponent - 1075);
  ELSE
    magnitude := (mantissa + 4503599627370496)::float8 / power(2::float8, 1075 - exponent);
  END IF;
  RETURN CASE WHEN get_byte(packed, at + 7) >= 128 THEN -magnitude ELSE magnitude END;
END $$;
COMMENT ON FUNCTION public.float8_at IS 'The little-endian double at a byte position.';
`;

const views = { container_usage: containerColumns, namespace_usage: namespaceColumns } as const;

/** The views `<table>_intervals` for the usage tables of a projection; empty when it has none. */
export function intervalViewsDdl(set: TableSet): string {
  const names = usageTables(set);
  if (names.length === 0) return '';
  return [floatFunction, unpackFunction, ...names.map((name) => viewOf(name, 'public'))].join('\n');
}

/** The same views over this connection's temporary tables. */
export function temporaryIntervalViewsDdl(set: TableSet): string {
  return usageTables(set)
    .map((name) => viewOf(name, 'pg_temp'))
    .join('\n');
}

function usageTables(set: TableSet): (keyof typeof views)[] {
  return Object.keys(views).filter((name) => name in set.tables) as (keyof typeof views)[];
}

function viewOf(name: keyof typeof views, schema: 'public' | 'pg_temp'): string {
  const metrics = views[name].map((column) => column.name);
  const all = [...intervalColumns, ...metrics];
  const arrays = all.map((_, i) => `public.unpack_column(u.usage, ${i})`).join(', ');
  const cells = all.map((_, i) => `c${i}`).join(', ');
  const offset = intervalColumns.length;
  const shown = views[name].map(
    ({ name: metric, combine }, i) =>
      `${combine === 'avg' ? `x.c${offset + i} / x.c2` : `x.c${offset + i}`} AS ${escapeIdentifier(metric)}`,
  );
  const view = `${schema}.${escapeIdentifier(`${name}_intervals`)}`;
  return `CREATE VIEW ${view} AS SELECT u.object_id, u.org_id, to_timestamp(x.c1 / 1000) AS interval_start,
    to_timestamp(x.c0 / 1000) AS interval_end, x.c2::bigint AS rows, ${shown.join(', ')}
    FROM ${schema}.${escapeIdentifier(name)} u CROSS JOIN LATERAL unnest(${arrays}) AS x(${cells});
  COMMENT ON VIEW ${view} IS ${escapeLiteral(`One row per partial interval of ${name}; averages are divided by rows. Filter by object_id: unpacking is slow.`)};`;
}

/** The interval views as tables that can be queried. */
export function intervalTableInfos(set: TableSet): TableInfo[] {
  const names = usageTables(set);
  const fixed = [
    ['object_id', 'text', 'Container or namespace.'],
    ['org_id', 'text', 'Organisation that owns the data.'],
    ['interval_start', 'timestamptz', 'Start of the interval.'],
    ['interval_end', 'timestamptz', 'End of the interval.'],
    ['rows', 'int8', 'CSV rows that went into it.'],
  ] as const;
  return names.map((name) => ({
    name: `${name}_intervals`,
    comment: `One row per partial interval of ${name}, unpacked; filter by object_id, for unpacking is slow.`,
    key: ['object_id', 'interval_end', 'interval_start'],
    columns: [
      ...fixed.map(([column, type, comment]) => ({
        name: column,
        type,
        nullable: false,
        arrival: false,
        comment,
      })),
      ...views[name].map((column) => ({
        name: column.name,
        type: 'float8' as const,
        nullable: true,
        arrival: false,
        comment: `Report column ${column.name}; null where it was not reported.`,
      })),
    ],
    projection: set.projection,
  }));
}
