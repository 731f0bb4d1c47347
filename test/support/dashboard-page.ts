/** The dashboard in a browser, over rows in memory; it may neither complain nor ask another host. */
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { HttpDeps } from '../../connectors/http/deps.ts';
import type { MemoryRows } from './memory-read-models.ts';
import { testServer, type TestServer } from './http-server.ts';

/** An open page. */
export class DashboardPage {
  readonly page: Page;
  readonly server: TestServer;
  readonly base: string;
  /** What the page complained of, and what it asked other hosts for. */
  readonly #complaints: string[] = [];

  private constructor(page: Page, server: TestServer, base: string) {
    this.page = page;
    this.server = server;
    this.base = base;
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(base)) this.#complaints.push(`asked ${request.url()}`);
    });
  }

  /** Opens the page of a hash and waits for its heading. */
  static async open(
    browser: Browser,
    hash: string,
    rows: MemoryRows,
    { width = 1280, deps = {} }: { width?: number; deps?: Partial<HttpDeps> } = {},
  ): Promise<DashboardPage> {
    const server = await testServer(rows, {}, deps);
    await server.app.listen({ port: 0, host: '127.0.0.1' });
    const base = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const opened = new DashboardPage(await context.newPage(), server, base);
    await opened.page.goto(`${base}/dashboard/#/${hash}`);
    await opened.page.waitForSelector('main h1');
    return opened;
  }

  /** Waits for an expression of the page; the page itself may not evaluate text. */
  until(expression: string): Promise<void> {
    return vi.waitFor(
      async () => expect([expression, await this.page.evaluate(expression)]).toEqual([expression, true]),
      10_000,
    );
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).first().innerText();
  }

  /** Closes both, and says what was complained of: nothing, when all is well. */
  async close(): Promise<readonly string[]> {
    await this.page.context().close();
    await this.server.app.close();
    return this.#complaints;
  }
}
