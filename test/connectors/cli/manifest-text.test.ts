import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifestStream, manifestText } from '../../../connectors/cli/manifest-text.ts';

it('writes what reads the same by YAML 1.1, where a bare Off is false, and without anchors', () => {
  const amounts = { cpu: '1' };
  const manifest = { mode: 'Off', name: 'on', number: '1e3', from: amounts, to: amounts };
  const text = manifestText(manifest);
  expect(parse(text, { version: '1.1' })).toEqual(manifest);
  expect(parse(text, { version: '1.2' })).toEqual(manifest);
  expect(text).not.toMatch(/[&*]a1/);
});

it('puts several into one stream', () => {
  const documents = parseAllDocuments(manifestStream([{ a: 1 }, { b: 2 }]));
  expect(documents.map((document) => document.toJS() as unknown)).toEqual([{ a: 1 }, { b: 2 }]);
});
