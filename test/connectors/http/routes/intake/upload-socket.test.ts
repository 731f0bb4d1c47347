import { connect } from 'node:net';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { UploadIntake } from '../../../../../streams/runtime/ports.ts';
import { form, testServer, type TestServer } from '../../../../support/http-server.ts';

const path = '/api/ingress/v1/upload';
let server: TestServer;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
afterEach(() => server.app.close());

async function listen(settings: Record<string, unknown> = {}, uploads?: UploadIntake): Promise<number> {
  server = await testServer({}, settings, uploads === undefined ? {} : { uploads });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  return (server.app.server.address() as AddressInfo).port;
}

describe('over a real connection', () => {
  test('a client that goes away in the middle leaves nothing behind', async () => {
    const port = await listen();
    const body = form([{ name: 'file', filename: 'x.csv', type: 'text/csv', body: 'a'.repeat(200_000) }]);
    const socket = connect(port, '127.0.0.1');
    let answered = '';
    socket.on('data', (chunk) => (answered += chunk.toString()));
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${body.headers['content-type']}\r\nContent-Length: 1000000\r\n\r\n`,
    );
    socket.write(body.payload);
    await vi.waitFor(() => expect(server.intake.begun).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(server.intake.failed).toHaveLength(1));
    expect(server.intake.kept).toEqual([]);
    expect(answered).toBe('');
  });

  test('a client that stops sending is cut off', async () => {
    const port = await listen({ idleTimeoutMs: 1000 });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect(server.intake.kept).toEqual([]);
  });

  test('a file far larger than allowed gets 413 and its connection is closed', async () => {
    const port = await listen({ maxUploadBytes: 100_000 });
    const body = form([{ name: 'file', filename: 'x', type: 'text/csv', body: Buffer.alloc(150_000) }]);
    const answer = await send(port, body.headers, body.payload);
    expect(answer).toEqual({
      status: 413,
      text: 'File exceeds maximum file size (100000) for upload: 150000',
    });
  });

  test('a large upload passes through in small pieces, never as a whole', async () => {
    let largest = 0;
    let total = 0;
    let start = 0;
    const intake: UploadIntake = {
      accept: async ({ bytes }) => {
        start = process.memoryUsage().arrayBuffers;
        let measured = 0;
        for await (const chunk of bytes) {
          total += chunk.length;
          if (total - measured < 16 * 1024 ** 2) continue;
          measured = total;
          // What is only not collected yet is not held.
          collectGarbage();
          largest = Math.max(largest, process.memoryUsage().arrayBuffers - start);
        }
        return { uploadId: 'u', requestId: 'r', repeated: false };
      },
    };
    const port = await listen({}, intake);
    const piece = Buffer.alloc(65_536, 'a');
    const head =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\nContent-Type: text/csv\r\n\r\n';
    const answer = await send(port, { 'content-type': 'multipart/form-data; boundary=b' }, async (write) => {
      await write(Buffer.from(head));
      for (let i = 0; i < 4800; i++) await write(piece); // 300 MiB
      await write(Buffer.from('\r\n--b--\r\n'));
    });
    expect(answer.status).toBe(202);
    expect(total).toBe(4800 * 65_536);
    expect(largest).toBeLessThan(total / 10);
  });
});

/** Sends a request as node does it, in pieces when `body` is a function. */
function send(
  port: number,
  headers: Record<string, string>,
  body: Buffer | ((write: (chunk: Buffer) => Promise<void>) => Promise<void>),
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const client = request({ port, host: '127.0.0.1', path, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, text });
      });
    });
    client.on('error', reject);
    if (typeof body !== 'function') {
      client.end(body);
      return;
    }
    const write = (chunk: Buffer): Promise<void> =>
      new Promise((done) => {
        if (client.write(chunk)) done();
        else client.once('drain', done);
      });
    body(write).then(() => client.end(), reject);
  });
}
