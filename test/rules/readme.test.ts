/** README names what there is: the two command lines, every command, topic, event, table and environment variable. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../connectors/cli/commands/index.ts';
import { environment } from '../../connectors/cli/context.ts';
import { units } from '../../connectors/cli/units.ts';
import { eventSchemas } from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const lines = new Set(readme.split('\n').map((line) => line.trim()));

/** The section with this heading, up to the next one of its level or above. */
function section(heading: string): string {
  const level = /^#+/.exec(heading)![0].length;
  const all = readme.split('\n');
  const start = all.indexOf(heading);
  if (start === -1) throw new Error(`README has no section "${heading}"`);
  const rest = all.slice(start + 1);
  const end = rest.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return rest.slice(0, end === -1 ? undefined : end).join('\n');
}

/** First cells of the table of a section, without the backticks. */
function firstCells(heading: string): string[] {
  return [...section(heading).matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]!).sort();
}

const commandNames = commands.map((make) => make().name());

describe('README', () => {
  it.each(['npm ci && npm run demo', 'npm ci && npm test'])('has the line %s', (line) => {
    expect(lines).toContain(line);
  });

  it.each(commandNames)('mentions rightstream %s', (name) => {
    expect(readme).toMatch(new RegExp(`\\brightstream ${name}(?![\\w-])`));
  });

  it('shows no command that there is not', () => {
    const shown = [...section('## Everyday commands').matchAll(/^rightstream ([a-z-]+)/gm)].map((m) => m[1]!);
    expect(shown.length).toBeGreaterThan(0);
    expect([...new Set(shown)].filter((name) => !commandNames.includes(name))).toEqual([]);
  });

  it('has every topic, and no other', () => {
    expect(firstCells('## Topics')).toEqual(Object.values<string>(topics).sort());
  });

  it('has every event, and no other', () => {
    const named = [...section('## Topics').matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`/g)].map((m) => m[1]!);
    expect(named.sort()).toEqual(Object.keys(eventSchemas).sort());
  });

  it('has every table, and no other', () => {
    const tables = units.projections.flatMap((projection) => Object.keys(projection.tables));
    expect(firstCells('## Tables')).toEqual(tables.sort());
  });

  it('has every environment variable, and no other', () => {
    expect(firstCells('### Settings from the environment')).toEqual(Object.keys(environment).sort());
  });

  it('has the markers of the picture once each, in order', () => {
    const places = ['<!-- topology:begin -->', '<!-- topology:end -->'].map((marker) => {
      expect(readme.split(marker)).toHaveLength(2);
      return readme.indexOf(marker);
    });
    expect(places[0]).toBeLessThan(places[1]!);
  });
});
