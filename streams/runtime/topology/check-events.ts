/** Events: each has a schema with docs and stands on exactly one topic. */
import type { Code } from './code.ts';
import type { Topology } from './model.ts';
import { type Report, didYouMean } from './problems.ts';

/** Reports unknown events, events on no topic or on two, and (by `undocumented`: path, message) schemas without docs. */
export function checkEvents(
  topology: Topology,
  code: Code,
  report: Report,
  undocumented: (schema: string, message: string) => void,
): void {
  const known = Object.keys(code.eventSchemas);
  const topicOf = new Map<string, string>();
  for (const { id, events } of topology.topics) {
    for (const ref of events.refs) {
      if (!known.includes(ref.name)) {
        report(
          'UNKNOWN_EVENT',
          ref,
          `${id.name} names the event ${ref.name}, which has no schema${didYouMean(ref.name, known)}`,
        );
      }
      const other = topicOf.get(ref.name);
      if (other !== undefined) {
        report(
          'EVENT_DECLARED_TWICE',
          ref,
          `${ref.name} is declared on ${other} and on ${id.name}: an event type has one topic`,
        );
      }
      topicOf.set(ref.name, id.name);
    }
  }
  for (const [name, { context, avro }] of Object.entries(code.eventSchemas)) {
    const path = `schemas/${context}/${name}.avsc`;
    if (!topicOf.has(name)) {
      report(
        'EVENT_UNDECLARED',
        topology.sections.topics,
        `${path} is declared on no topic${didYouMean(name, topicOf.keys())}`,
      );
    }
    for (const place of withoutDoc(JSON.parse(avro) as Avro)) undocumented(path, `${place} has no doc`);
  }
}

/** The parts of an Avro schema that may carry a doc or contain parts that do. */
type Avro =
  | string
  | readonly Avro[]
  | {
      readonly type: Avro;
      readonly name?: string;
      readonly doc?: string;
      readonly items?: Avro;
      readonly values?: Avro;
      readonly fields?: readonly { readonly name: string; readonly type: Avro; readonly doc?: string }[];
    };

/** Records and fields of a schema that have no doc. */
export function withoutDoc(avro: Avro): string[] {
  if (typeof avro === 'string') return [];
  if (isList(avro)) return avro.flatMap(withoutDoc);
  const inner = [avro.items, avro.values].filter((part) => part !== undefined).flatMap(withoutDoc);
  if (avro.fields === undefined)
    return [...(typeof avro.type === 'string' ? [] : withoutDoc(avro.type)), ...inner];
  const name = avro.name ?? 'a record';
  return [
    ...(hasDoc(avro) ? [] : [name]),
    ...avro.fields.flatMap((field) => [
      ...(hasDoc(field) ? [] : [`${name}.${field.name}`]),
      ...withoutDoc(field.type),
    ]),
    ...inner,
  ];
}

function isList(avro: Avro): avro is readonly Avro[] {
  return Array.isArray(avro);
}

function hasDoc(part: { readonly doc?: string }): boolean {
  return (part.doc ?? '').trim() !== '';
}
