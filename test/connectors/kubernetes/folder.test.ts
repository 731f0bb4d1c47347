import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { manifestFormat } from '../../../connectors/cli/manifest-text.ts';
import type { DesiredCluster } from '../../../connectors/kubernetes/desired.ts';
import { applyFolder, folderOf, planFolder } from '../../../connectors/kubernetes/folder.ts';
import { isChange } from '../../../connectors/kubernetes/actions.ts';
import { anyCluster, desired, node, placed, service, settings } from './clusters.ts';

const root = mkdtempSync(join(tmpdir(), 'rightstream-folder-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
let count = 0;
const fresh = () => join(root, String(count++));

const web = service('web');
const one = desired({
  nodes: [node('pi-1'), node('pi-2')],
  services: [web],
  replicas: placed(web, 'pi-1', 2),
});

async function write(folder: string, it: DesiredCluster) {
  const { actions } = await planFolder(folder, it, settings, manifestFormat);
  await applyFolder(folder, actions, manifestFormat);
  return actions;
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

describe('a folder of manifests', () => {
  it('has a file per object, whose text depends on what is decided alone', async () => {
    const folder = fresh();
    await write(folder, one);
    const before = contents(folder);
    expect(Object.keys(before)).toEqual(['deployment-web--pi-1.yaml', 'service-web-service.yaml']);
    expect(Object.values(before).join()).not.toContain('rightstream.io/position');
    expect((await write(folder, { ...one, position: 99, decisions: 50 })).some(isChange)).toBe(false);
    expect(contents(folder)).toEqual(before);
  });

  it('is the same however it came about', async () => {
    await fc.assert(
      fc.asyncProperty(anyCluster, anyCluster, async (first, last) => {
        const [grown, straight] = [fresh(), fresh()];
        await write(grown, first);
        await write(grown, last);
        await write(straight, last);
        mkdirSync(straight, { recursive: true });
        mkdirSync(grown, { recursive: true });
        expect(contents(grown)).toEqual(contents(straight));
      }),
      { numRuns: 10 },
    );
  });

  it('changes one file for one decision, and removes what nothing wants any more', async () => {
    const folder = fresh();
    await write(folder, one);
    const actions = await write(folder, {
      ...one,
      replicas: [...placed(web, 'pi-2'), ...placed(web, 'pi-1', 1, 1)],
    });
    expect(actions.filter(isChange).map(({ kind, ref }) => [kind, ref.name])).toEqual([
      ['create', 'web--pi-2'],
      ['configure', 'web--pi-1'],
    ]);
    await write(folder, { ...one, services: [], replicas: [] });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ['a value', (text) => text.replace('replicas: 2', 'replicas: 9')],
    ['a comment', (text) => `# by hand\n${text}`],
    ['a field more', (text) => `${text}\nmore: 1\n`],
  ])('puts back what was changed by hand: %s', async (_, edit) => {
    const folder = fresh();
    await write(folder, one);
    const before = contents(folder);
    const path = join(folder, 'deployment-web--pi-1.yaml');
    writeFileSync(path, edit(before['deployment-web--pi-1.yaml']!));
    const adopting = { ...one, placing: { ...one.placing, drift: 'adopt' as const } };
    expect((await write(folder, adopting)).some(isChange)).toBe(false);
    expect((await write(folder, one)).filter(isChange).map(({ kind }) => kind)).toEqual(['put-back']);
    expect(contents(folder)).toEqual(before);
  });

  it.each<[string, (path: string) => void]>([
    [
      'a file of somebody else',
      (path) => {
        writeFileSync(path, 'kind: Service\nmetadata: {name: web-service}\n');
      },
    ],
    [
      'no YAML',
      (path) => {
        writeFileSync(path, '{{ template }}');
      },
    ],
    [
      'a YAML bomb',
      (path) => {
        writeFileSync(path, `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`);
      },
    ],
    [
      'labels that are a list',
      (path) => {
        writeFileSync(path, 'kind: Service\nmetadata: {name: web-service, labels: [a]}\n');
      },
    ],
    [
      'a link that leads out of the folder',
      (path) => {
        symlinkSync('/etc/hostname', path);
      },
    ],
    [
      'a folder',
      (path) => {
        mkdirSync(path);
      },
    ],
  ])('never touches what is not ours under a name that is wanted: %s', async (_, make) => {
    const folder = fresh();
    mkdirSync(folder, { recursive: true });
    make(join(folder, 'service-web-service.yaml'));
    writeFileSync(join(folder, 'README.md'), 'mine');
    const actions = await write(folder, one);
    expect(actions.find(({ ref }) => ref.kind === 'Service')).toMatchObject({ code: 'OBJECT_NOT_OURS' });
    expect(readdirSync(folder)).toEqual([
      'README.md',
      'deployment-web--pi-1.yaml',
      'service-web-service.yaml',
    ]);
    await write(folder, { ...one, services: [], replicas: [] });
    expect(readdirSync(folder)).toEqual(['README.md', 'service-web-service.yaml']);
  });

  it('goes on where a process was killed', async () => {
    const folder = fresh();
    const { actions } = await planFolder(folder, one, settings, manifestFormat);
    await applyFolder(folder, actions.slice(0, 1), manifestFormat);
    writeFileSync(join(folder, '.deployment-web--pi-1.yaml.next'), 'half a fi');
    await write(folder, one);
    expect(readdirSync(folder)).toEqual(['deployment-web--pi-1.yaml', 'service-web-service.yaml']);
  });

  it('writes again when the namespace changes', async () => {
    const folder = fresh();
    await write(folder, one);
    const { actions } = await planFolder(folder, one, { ...settings, namespace: 'other' }, manifestFormat);
    expect(actions.map(({ kind }) => kind)).toEqual(['configure', 'configure']);
  });

  it('keeps clusters of organisations apart, whatever they are called', () => {
    const of = (org: string, cluster: string) => folderOf('/x', { org, cluster });
    expect(of('org1', 'default')).toBe('/x/org1/default');
    for (const name of ['..', '/etc', 'a/b', '', '.git'])
      expect(of(name, name)).toMatch(/^\/x\/[a-z0-9-]+\/[a-z0-9-]+$/);
  });

  it('says when the folder is none', async () => {
    const path = fresh();
    writeFileSync(path, '');
    await expect(write(path, one)).rejects.toMatchObject({ code: 'BAD_FOLDER' });
  });
});
