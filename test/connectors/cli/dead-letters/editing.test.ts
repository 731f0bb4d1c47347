import { describe, expect, it } from 'vitest';
import { editable, editableText, editedCopy } from '../../../../connectors/cli/dead-letters/editing.ts';
import { createCodec, localRegistry } from '../../../../schemas/codec/codec.ts';

const codec = createCodec(localRegistry());
const data = { upload_id: 'u', org_id: 'o', digest: 'd', code: 'X', message: 'm' };
const record = {
  ...{ topic: 'intake', partition: 1, offset: 5, key: 'o', timestamp: 1 },
  value: codec.encode('UploadRefused', data),
  headers: {
    ...{ 'event-id': 'e', 'event-type': 'UploadRefused', 'caused-by': 'c', org: 'o', 'request-id': 'r' },
    ...{ origin: 'a/b/0', seq: '9.1.0' },
  },
};
const { line } = editable(codec, record);
const edit = (change: object, unit = 'uploads') =>
  editedCopy(codec, unit, record, JSON.stringify({ ...line, ...change }));

describe('an edited copy', () => {
  it('starts as the event, without what it gets anew', () => {
    expect(line).toEqual({
      ...{ key: 'o', type: 'UploadRefused', data },
      headers: { org: 'o', 'request-id': 'r' },
    });
    const copy = edit({});
    expect(copy.value).toEqual(record.value);
    expect(copy.headers).toEqual({ 'event-type': 'UploadRefused', org: 'o', 'request-id': 'r' });
  });

  it('has what was changed', () => {
    const copy = edit({ data: { ...data, code: 'Y' } });
    expect(codec.decode(copy.value).data).toEqual({ ...data, code: 'Y' });
  });

  it('of a record that cannot be read starts empty and says why', () => {
    const broken = { ...record, value: Buffer.from('no event') };
    expect(editable(codec, broken)).toMatchObject({
      line: { key: 'o', type: 'UploadRefused', data: null },
      error: expect.stringContaining('RECORD_MAGIC_BYTE') as string,
    });
    expect(() => edit({ data: null })).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });

  it.each([
    ['BAD_JSON', []],
    ['EVENT_INVALID', { data: { ...data, digest: 1 } }],
    ['EVENT_INVALID', { data: { ...data, nope: 1 } }],
    ['EVENT_UNKNOWN', { type: 'Nope' }],
    ['EDIT_MOVES_RECORD', { key: 'p' }],
    ['EDIT_MOVES_RECORD', { headers: { org: 'p' } }],
    ['EDIT_MOVES_RECORD', { data: { ...data, org_id: 'p' }, headers: {} }],
  ])('is refused: %s', (code, change) => {
    const text = Array.isArray(change) ? '[]' : JSON.stringify({ ...line, ...change });
    expect(() => editedCopy(codec, 'uploads', record, text)).toThrow(
      expect.objectContaining({ name: 'BadInput', code }),
    );
  });

  it('of a record that is a text is the text', () => {
    const written = { ...record, topic: 'intake.json', key: null, value: Buffer.from('{"a":1'), headers: {} };
    expect(editableText(codec, 'json-intake', written)).toEqual({ text: '{"a":1' });
    expect(() => editedCopy(codec, 'json-intake', written, '{"a":1')).toThrow(
      expect.objectContaining({ code: 'BAD_JSON' }),
    );
    const copy = editedCopy(codec, 'json-intake', written, '{"a":1}\n');
    expect(copy).toEqual({ value: Buffer.from('{"a":1}'), headers: {} });
  });

  it('must be an event that the unit handles; what another unit handles is not known', () => {
    expect(() => edit({}, 'recommendations')).toThrow(expect.objectContaining({ code: 'EVENT_NOT_HANDLED' }));
    expect(edit({}, 'of-other-code').value).toEqual(record.value);
  });
});
