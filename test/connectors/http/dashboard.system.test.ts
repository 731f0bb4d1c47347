import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { containerSignals } from '../../../projections/recommendation/engine/signals.ts';
import { detailAt } from '../../../projections/recommendation/policy/detail.ts';
import { defaultPolicy } from '../../../projections/recommendation/policy/resolve.ts';
import { madeUpUsage } from '../../bench/engine.ts';
import { launchChromium, whyNoBrowser } from '../../support/chromium.ts';
import { DashboardPage } from '../../support/dashboard-page.ts';
import { fixtureRows, idOf } from '../../support/http-fixtures.ts';
import type { MemoryRows } from '../../support/memory-read-models.ts';

const nginx = idOf('local/shop/web/nginx');
const partly = idOf('local/upload/0');

describe.skipIf(whyNoBrowser !== '')(`the dashboard in a browser${whyNoBrowser}`, () => {
  let browser: Browser;
  let opened: DashboardPage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    expect(await opened.close()).toEqual([]);
  });

  async function open(hash: string, rows: MemoryRows = fixtureRows('local'), width = 1280): Promise<void> {
    const deps = { explain: () => Promise.resolve(explanation) };
    opened = await DashboardPage.open(browser, hash, rows, { width, deps });
    page = opened.page;
  }
  const until = (expression: string) => opened.until(expression);
  const text = (selector: string) => opened.text(selector);

  test('recommendations: search, switch term and engine, sort; the address keeps it all', async () => {
    await open('recommendations');
    expect(await page.locator('tbody tr').count()).toBe(14);
    expect(await text('.cards')).toMatch(/29\.7\s*→\s*11\.4/);
    await page.getByRole('button', { name: /^Memory request/ }).click();
    await until(`location.hash.includes('sort=-memory_request_current')`);
    await page.locator('th[aria-sort=descending]').waitFor();
    expect(await text('tbody tr:first-child')).toContain('16Gi');
    await page.getByLabel('Performance').check();
    await until(`location.hash.includes('engine=performance')`);
    await page.getByRole('searchbox').fill('nginx');
    await until(`document.querySelectorAll('tbody tr').length === 1`);
    await page.reload();
    await until(`document.querySelectorAll('tbody tr').length === 1`);
    expect(await text('tbody tr')).toContain('473m');
    await page.getByRole('searchbox').fill('nobody');
    await page.getByRole('heading', { name: 'Nothing matches the search' }).waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await until(`document.querySelectorAll('tbody tr').length === 14`);
  });

  test('a recommendation: settings, plots with a table, the reason, YAML', async () => {
    await open(`recommendations/${nginx}?term=medium`);
    expect(await text('h1')).toBe('web / nginx');
    expect(await text('.copyable pre')).toContain('cpu: 350m');
    await page.waitForSelector('canvas');
    expect(await page.locator('canvas').count()).toBe(2);
    expect(await page.locator('.plot').first().getAttribute('aria-label')).toContain(
      '6 of 7 buckets have usage',
    );
    await page.locator('summary', { hasText: 'As numbers' }).first().click();
    expect(await page.locator('details[open] tbody tr').count()).toBe(7);
    expect(await page.locator('section', { hasText: 'Why' }).last().innerText()).toContain('96th of 672');
    await page.getByLabel('Long').check();
    await until(`document.body.innerText.includes('long term')`);
  });

  test('a recommendation: what the chosen engine and ours propose, with risk and the own past', async () => {
    await open(`recommendations/${nginx}`);
    const panel = await text('#proposal');
    expect(panel).toMatch(/margin 0\.1, compact, at-once[^]*balanced[^]*vpa, chosen/);
    expect(panel).toContain('NO_CPU_LIMIT');
    expect(panel).toMatch(/On its own past[^]*vpa[^]*balanced[^]*cost[^]*performance/i);
    expect(await page.locator('.risk circle').count()).toBe(20);
    expect(await page.locator('.risk svg').getAttribute('aria-label')).toMatch(/^Waste from .* at 50 %$/);
  });

  test('too little usage says so, and for how long there is some', async () => {
    await open(`recommendations/${idOf('local/analytics/import/loader')}`);
    expect(await text('main')).toContain('No advice for this term yet');
    expect(await text('main')).toContain('There is not enough data available');
  });

  test('uploads: send a file, then drill into rejected rows', async () => {
    await open('uploads');
    expect(await page.locator('tbody tr').count()).toBe(5);
    await page.locator('input[type=file]').setInputFiles({
      name: 'x.tar.gz',
      mimeType: 'application/gzip',
      buffer: Buffer.from([0x1f, 0x8b, 1]),
    });
    await page.getByText('x.tar.gz is stored.').waitFor();
    expect(opened.server.intake.kept).toMatchObject([
      { org: 'local', filename: 'x.tar.gz', mediaType: 'application/vnd.redhat.hccm.tar+tgz' },
    ]);
    await page.getByRole('link', { name: /20261120T120000_00/ }).click();
    await until(`location.hash.includes('${partly}')`);
    await page.getByRole('heading', { name: 'Rejected rows' }).waitFor();
    expect(await text('main')).toContain('UNKNOWN_WORKLOAD_TYPE × 5');
    expect(await page.locator('section').last().locator('tbody tr').count()).toBe(12);
  });

  test('pipeline: the graph and the table follow what happens', async () => {
    await open('pipeline');
    await page.locator('svg text', { hasText: '128 waiting' }).waitFor();
    const { units } = opened.server.pipeline.state;
    opened.server.pipeline.move({
      units: units.map((unit) => ({ ...unit, lag: unit.id === 'recommendations' ? 4321 : 0 })),
    });
    await page.locator('svg text', { hasText: '4,321 waiting' }).waitFor();
    expect(await page.locator('.graph .unit').count()).toBe(5);
    expect(await text('tbody')).toContain('STORAGE_FULL');
    expect(await text('#live')).toBe('Working');
  });

  test('tables: filter, follow pages, read what columns mean', async () => {
    await open('tables/rejected_rows');
    await page.getByLabel('Column').selectOption('code');
    await page.getByLabel('Value').fill('NEGATIVE_USAGE');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await until(`document.querySelectorAll('table.wide tbody tr').length === 4`);
    expect(await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toContain(
      'where=code%3Aeq%3ANEGATIVE_USAGE',
    );
    await page.getByRole('link', { name: /Remove the filter/ }).click();
    await until(`document.querySelectorAll('table.wide tbody tr').length === 12`);
    await page.getByLabel('Table').selectOption('dead_letters');
    await page.getByRole('heading', { name: 'Nothing was set aside' }).waitFor();
  });

  test.each([
    ['recommendations', 'because nothing has been uploaded', 'Upload a report'],
    ['uploads', 'Nothing has been uploaded yet', 'Choose a file'],
    ['tables/workloads', 'This table has no rows yet', 'Uploads'],
  ])('%s, empty: why, and what to do next', async (hash, why, next) => {
    await open(hash, {});
    expect(await text('main')).toContain(why);
    expect(await text('main')).toContain(next);
  });

  test('on 360 pixels nothing sticks out of any page', async () => {
    await open('recommendations', fixtureRows('local'), 360);
    for (const hash of [
      'recommendations',
      `recommendations/${nginx}`,
      'uploads',
      `uploads/${partly}`,
      'pipeline',
      'tables/recommendations',
    ]) {
      await page.goto(`${opened.base}/dashboard/#/${hash}`);
      const current = `document.querySelector('#nav [aria-current]')?.getAttribute('href') === '#/${hash.split('/')[0]!}'`;
      await until(current);
      await page.waitForLoadState('networkidle').catch(() => undefined);
      const root = 'document.documentElement';
      const out = await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`);
      expect([hash, out]).toEqual([hash, 0]);
    }
  });

  test('by keyboard: skip the head, move through the table, change colours', async () => {
    await open('recommendations');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content');
    await page.locator('#theme').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(`document.documentElement.dataset['theme']`)).toBe('dark');
    await page.getByRole('link', { name: 'web / nginx' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web / nginx' }).waitFor();
    expect(await page.evaluate('document.activeElement?.id')).toBe('main');
  });

  test('a name that is markup is shown as text', async () => {
    const rows = fixtureRows('local');
    const evil = { ...rows['recommendations']![0]!, workload: '<img src=x onerror=alert(1)>' };
    await open('recommendations', { ...rows, recommendations: [evil] });
    expect(await text('tbody')).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('tbody img').count()).toBe(0);
  });

  test('the description of the API opens without asking anyone else', async () => {
    await open('pipeline');
    await page.goto(`${opened.base}/docs`);
    await page.getByText('/api/ingress/v1/upload').first().waitFor();
  });
});

const engine = {
  engine: 'cost',
  cpu: { formula: 'the 96th of 672 values', from: Date.parse('2026-11-19T00:00:00Z'), n: 672 },
  memory: { formula: 'max(peak + 20 %, peak + spike)', peakFrom: Date.parse('2026-11-19T00:00:00Z') },
  settings: [{ name: 'cpu_request', rule: 'below the current one by more than 5 %' }],
};
/** 15 days of a made-up container, decided under a policy. */
const advice = detailAt(
  containerSignals(madeUpUsage(3, 0.2)),
  'container',
  Date.parse('2025-03-16T00:00:00.000Z'),
  { ...defaultPolicy, engine: 'vpa', tunables: { margin: 0.1 } },
);
const explanation = { policy: 'kruize-parity', terms: [{ term: 'medium_term', engines: [engine] }], advice };
