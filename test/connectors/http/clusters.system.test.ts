import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium, whyNoBrowser } from '../../support/chromium.ts';
import { aNode, aService, clusterRows } from '../../support/cluster-fixtures.ts';
import { DashboardPage } from '../../support/dashboard-page.ts';
import type { MemoryRows } from '../../support/memory-read-models.ts';

const gpu = { id: 'gpu0', type: 'gpu', capacity: 100 };
const placed = clusterRows(
  [aNode('pi-1'), aNode('pi-2'), aNode('nano-1', { accelerators: [gpu] })],
  [aService('web', { replicas: 6 }), aService('detect', { accelerators: { gpu: 40 }, replicas: 3 })],
);
const scope = { org_id: 'local', cluster_id: 'edge' };
const moved: MemoryRows = {
  ...placed,
  placement_decisions: [
    ...placed['placement_decisions']!,
    ...[
      {
        decision: 9,
        kind: 'released',
        node: 'old',
        reason: 'NODE_REMOVED',
        cpu_before: 1000,
        memory_before: 512,
      },
      { decision: 10, kind: 'placed', node: 'pi-2', cpu: 1000, memory: 512, strategy: 'dense' },
    ].map((it) => ({
      ...scope,
      cause: 'gone',
      service: 'web',
      replica: 0,
      decided_at: '2026-11-21T08:00:00.000Z',
      ...it,
    })),
  ],
};

describe.skipIf(whyNoBrowser !== '')(`clusters in a browser${whyNoBrowser}`, () => {
  let browser: Browser;
  let opened: DashboardPage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  /** What the browser complains of when a question is refused, as it should be. */
  let refused: string[];
  beforeEach(() => {
    refused = [];
  });
  afterEach(async () => {
    expect(await opened.close()).toEqual(refused);
  });

  async function open(hash: string, rows: MemoryRows, width = 1280): Promise<void> {
    opened = await DashboardPage.open(browser, hash, rows, { width });
    page = opened.page;
  }

  test('nodes with what they carry, replicas without a place, decisions with before and after', async () => {
    await open('clusters', moved);
    await page.getByRole('link', { name: 'edge' }).click();
    await page.getByRole('heading', { name: 'edge' }).waitFor();
    expect(await page.locator('#nodes tbody tr').count()).toBe(3);
    expect(await opened.text('#nodes tbody')).toMatch(/nano-1[^]*detect × 2, web × 2/);
    expect(await page.getByRole('img', { name: /^Cores: 90 %/ }).count()).toBeGreaterThan(0);
    expect(await page.getByRole('img', { name: 'gpu gpu0: 80 of 100 % gpu' }).count()).toBe(1);
    expect(await opened.text('#lacks')).toMatch(
      /detect\s+1 of 3\s+CPU on 2\s+ACCELERATOR on 1\s+nano-1\s+0 of 4000 millicores are left, 1000 are needed/,
    );
    const decisions = await opened.text('#decisions tbody tr:first-child');
    expect(decisions).toMatch(/10\s+web\/0\s+moved[^]*NODE_REMOVED, by dense\s+old[^]*pi-2/);
    expect(await page.locator('#decisions tbody tr').count()).toBe(placed['placement_decisions']!.length + 1);
  });

  test('what if: a node drained, one like it, more replicas; the address keeps it, nothing is changed', async () => {
    await open('clusters/edge', placed);
    await page.getByRole('button', { name: 'What if nano-1 were drained?' }).click();
    await page.locator('#consequences').waitFor();
    expect(await opened.text('#consequences')).toMatch(
      /^2 would move, 0 would start, 2 would stop; 3 would be without a place \(now 1\)/,
    );
    expect(await opened.text('#consequences')).toMatch(/web\/0\s+moves\s+nano-1\s+pi-2/);
    await page.getByLabel('Node', { exact: true }).selectOption('nano-1');
    await page.getByRole('button', { name: 'Add one like it' }).click();
    await page.getByRole('button', { name: 'Take back: 1 more like nano-1' }).waitFor();
    expect(await opened.text('#consequences')).toContain('nano-1+1');
    await page.getByLabel('Service', { exact: true }).selectOption('web');
    await page.getByLabel('Replicas', { exact: true }).fill('1');
    await page.getByRole('button', { name: 'Run so many' }).click();
    await page.getByRole('button', { name: 'Take back: web × 1' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Take back: web × 1' }).click();
    await page.getByRole('button', { name: 'Take back: 1 more like nano-1' }).click();
    await page.getByRole('button', { name: 'Take back: nano-1 drained' }).click();
    await opened.until(`document.querySelector('#consequences') === null`);
    expect(await page.evaluate('location.hash')).toBe('#/clusters/edge');
  });

  test('what a cluster shows: nodes not ready, pods, objects that were refused', async () => {
    const nothing = { reason: null, message: null };
    const seen: MemoryRows = {
      ...placed,
      observed_nodes: [
        { ...scope, name: 'pi-1', ready: true, ...nothing },
        { ...scope, name: 'pi-2', ready: false, ...nothing, message: 'kubelet stopped posting status' },
      ].map((it) => ({
        gone: false,
        lost: false,
        unschedulable: false,
        cpu: 0,
        memory: 0,
        taints: [],
        ...it,
      })),
      objects: [
        { ...scope, object_id: 'a', kind: 'Deployment', service: 'web', state: 'applied', code: null },
        {
          ...{ ...scope, object_id: 'b', kind: 'Deployment', service: 'detect', state: 'refused' },
          ...{ name: 'detect-1', code: 'QUOTA', message: 'the quota is used up' },
        },
      ],
      pods: [{ ...scope, uid: '1', pod: 'web-1', service: 'web', ready: true, ...nothing }],
    };
    await open('clusters/edge', seen);
    expect(await opened.text('#nodes')).toMatch(/pi-2\s+not ready[^]*kubelet stopped posting status/);
    expect(await opened.text('#services')).toMatch(/web[^]*1 of 6 ready/);
    expect(await opened.text('#services')).toMatch(/detect[^]*Deployment QUOTA[^]*the quota is used up/);
  });

  test('replicas by load: rate, replicas and decisions as a plot, with the numbers and the reasons', async () => {
    const at = (seconds: number) =>
      new Date(Date.parse('2026-11-21T07:00:00Z') + seconds * 1000).toISOString();
    const pieces = [5, 50, 50, 5].map((rate, i) => ({
      ...{ at: Date.parse(at(i * 15)), low: rate, high: rate, queue_low: 0, queue_high: 0 },
    }));
    const policy = { min: 1, max: 8, timetable: [] };
    const decision = (seconds: number, from: number, to: number, reason: string, n: number | null) => ({
      ...{ ...scope, event_id: `e${seconds}`, service: 'web', at: at(seconds), decision: n },
      ...{ from_replicas: from, replicas: to, wanted: to, reason, message: `because of ${reason}` },
    });
    const rows: MemoryRows = {
      ...placed,
      scaling: [
        {
          ...{ ...scope, partition: 0, service_key: 'local/edge/web', service: 'web', policy, replicas: 6 },
          ...{ decided_at: at(16), decided_from: 1, decided_reason: 'LOAD_UP' },
          ...{ held_at: at(50), held_reason: 'STABILISING', held_message: 'the load has to stay so' },
        },
      ],
      load: [
        {
          ...{ ...scope, partition: 0, service_key: 'local/edge/web', service: 'web', rate: 5 },
          state: { last: { at: Date.parse(at(45)), rate: 5 }, pieces },
        },
      ],
      scaling_decisions: [decision(16, 1, 6, 'LOAD_UP', 11), decision(50, 6, 6, 'STABILISING', null)],
    };
    await open('clusters/edge', rows);
    await page.locator('#scaling canvas').waitFor();
    expect(await page.locator('#scaling .plot').getAttribute('aria-label')).toBe(
      'web: at most 50 requests/s, 1 to 6 replicas, 1 decisions.',
    );
    expect(await opened.text('#scaling')).toMatch(/6 replicas should run, 1 to 8 may/);
    expect(await opened.text('#scaling')).toMatch(/1 → 6\s+LOAD_UP\s+because of LOAD_UP/);
    await page.locator('#scaling summary').click();
    const numbers = await page.locator('#scaling details tbody tr').allInnerTexts();
    expect(numbers.map((row) => row.split(/\s+/))).toEqual([
      ['07:00:00', '5', '5', '1'],
      ['07:00:15', '50', '50', '1'],
      ['07:00:16', '–', '–', '6'],
      ['07:00:30', '50', '50', '6'],
      ['07:00:45', '5', '5', '6'],
    ]);
  });

  test('an address with a question that cannot be read, or is about what is gone, says so', async () => {
    refused = ['Failed to load resource: the server responded with a status of 404 (Not Found)'];
    await open(`clusters/edge?suppose=${encodeURIComponent('{"drain":["gone"]}')}`, placed);
    expect(await opened.text('#what-if [role=alert]')).toContain('there is no node gone in this cluster');
    await page.goto(`${opened.base}/dashboard/#/clusters/edge?suppose=x`);
    await page.locator('#consequences').waitFor();
    expect(await opened.text('#consequences')).toContain('Every replica would stay where it is.');
  });

  test('empty: why, and what to do next', async () => {
    await open('clusters', {});
    expect(await opened.text('main')).toMatch(/No cluster has nodes or services[^]*curl -X PUT/);
    await page.goto(`${opened.base}/dashboard/#/clusters/none`);
    await page.locator('#nodes').waitFor();
    const text = await opened.text('main');
    expect(text).toContain('nothing is declared in this cluster; PUT nodes here');
    expect(text).toContain('nothing is declared that needs a place; PUT …/services');
    expect(text).toContain('There is nothing to suppose without nodes');
    expect(text).toContain('No service follows its load');
  });

  test('on 360 pixels nothing sticks out', async () => {
    await open(`clusters/edge?suppose=${encodeURIComponent('{"drain":["pi-1"]}')}`, moved, 360);
    await page.locator('#consequences').waitFor();
    const root = 'document.documentElement';
    expect(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)).toBe(0);
  });

  test('names that are markup are shown as text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    await open('clusters/edge', clusterRows([aNode(evil)], [aService(evil, { replicas: 9 })]));
    expect(await opened.text('#nodes')).toContain(evil);
    expect(await page.locator('main img').count()).toBe(0);
  });
});
