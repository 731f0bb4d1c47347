import { describe, expect, it } from 'vitest';
import { recommend } from '../../../projections/recommendation/engine/recommend.ts';
import type { EngineName, TermName } from '../../../projections/recommendation/engine/terms.ts';
import { compare } from './compare.ts';
import { jsonLines, kruizeData, whySkipped } from './data.ts';
import { formatsOf, signalsOf, type Kind, type PostedInterval } from './results.ts';

interface OracleObject {
  name: string;
  formats: Record<string, string>;
  data: Record<string, (number | null)[]>;
  absent?: number[];
}
interface OracleCase {
  id: string;
  kind: Kind;
  create: {
    recommendation_settings: {
      threshold: string;
      term_settings?: { terms: TermName[] };
      model_settings?: { models: EngineName[] };
    };
  };
  t0_ms: number;
  ends_s: number[];
  len_s: number | number[];
  refused_ends_s?: number[];
  objects: OracleObject[];
  asks: { interval_end_time: string; http: number; answer: Answer[] }[];
}
interface Answer {
  kubernetes_objects: {
    containers?: { container_name: string; recommendations: unknown }[];
    namespaces?: { recommendations: unknown };
  }[];
}

function intervalsOf(test: OracleCase, object: OracleObject): PostedInterval[] {
  const absent = new Set(object.absent);
  const refused = new Set(test.refused_ends_s);
  const intervals: PostedInterval[] = [];
  test.ends_s.forEach((second, k) => {
    if (absent.has(k) || refused.has(second)) return;
    const metrics: Record<string, Record<string, number | string>> = {};
    for (const [key, values] of Object.entries(object.data)) {
      const value = values[k];
      if (value === null || value === undefined) continue;
      const [metric, aggregate] = key.split('.') as [string, string];
      const format = object.formats[metric];
      metrics[metric] ??= format === undefined ? {} : { format };
      metrics[metric][aggregate] = value;
    }
    const end = test.t0_ms + 1000 * second;
    const length = typeof test.len_s === 'number' ? test.len_s : test.len_s[k]!;
    intervals.push({ end, start: end - 1000 * length, metrics });
  });
  return intervals;
}

function answered(answer: Answer[], name: string): unknown {
  for (const object of answer.flatMap((part) => part.kubernetes_objects)) {
    if (object.namespaces) return object.namespaces.recommendations;
    for (const container of object.containers ?? [])
      if (container.container_name === name) return container.recommendations;
  }
  return undefined;
}

describe.skipIf(kruizeData === null)(`oracle: what a running Kruize answered${whySkipped}`, () => {
  it('every ask of every case is answered alike, to the last bit', { timeout: 300_000 }, () => {
    const differences: string[] = [];
    let [cases, asks, objects, values] = [0, 0, 0, 0];
    for (const line of jsonLines('oracle/cases.jsonl.gz')) {
      const test = line as OracleCase;
      cases++;
      const settings = test.create.recommendation_settings;
      asks += test.asks.length;
      for (const object of test.objects) {
        const intervals = intervalsOf(test, object);
        const signals = signalsOf(test.kind, intervals);
        const formats = formatsOf(test.kind, intervals);
        for (const ask of test.asks) {
          const found = recommend(signals, {
            kind: test.kind,
            requestedEnd: Date.parse(ask.interval_end_time),
            threshold: Number(settings.threshold),
            terms: settings.term_settings?.terms ?? [],
            models: settings.model_settings?.models ?? [],
            formats,
          });
          const result = compare(answered(ask.answer, object.name), found.document);
          objects++;
          values += result.values;
          differences.push(
            ...result.differences.map((d) => `${test.id}/${object.name} at ${ask.interval_end_time}${d}`),
          );
        }
      }
    }
    console.log(
      `oracle: ${cases} cases, ${asks} asks, ${objects} recommendations, ${values} values compared, ` +
        `${differences.length} differences`,
    );
    expect(differences.slice(0, 40)).toEqual([]);
    expect([cases, asks]).toEqual([238, 332]);
  });
});
