import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How a server answers one request for a file. */
export type Answer = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

export const md5 = (content: Buffer): string => createHash('md5').update(content).digest('hex');

/** As S3 does it: with length, MD5 as ETag, and ranges. */
export const whole: Answer = (request, response, content) => {
  const etag = `"${md5(content)}"`;
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const from = start !== undefined && request.headers['if-range'] === etag ? Number(start) : 0;
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    'content-length': content.length - from,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  response.end(content.subarray(from));
};

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(code, headers);
    response.end();
  };

/** Sends half of the content and breaks the connection. */
export const truncated: Answer = (_, response, content) => {
  response.writeHead(200, { etag: `"${md5(content)}"`, 'content-length': content.length });
  response.write(content.subarray(0, content.length / 2), () => setTimeout(() => response.destroy(), 20));
};

/** Sends half of the content and then nothing, for ever. */
export const stalled: Answer = (_, response, content) => {
  response.writeHead(200, { etag: `"${md5(content)}"`, 'content-length': content.length });
  response.write(content.subarray(0, content.length / 2));
};

/** Sends other bytes than those whose MD5 it names. */
export const garbled: Answer = (_, response, content) => {
  const wrong = Buffer.from(content);
  wrong[wrong.length >> 1] = (wrong[wrong.length >> 1] ?? 0) ^ 255;
  response.writeHead(200, { etag: `"${md5(content)}"`, 'content-length': wrong.length });
  response.end(wrong);
};

export interface ImageServer {
  readonly url: string;
  /** The requests so far, as `path` or `path bytes=12-`. */
  readonly requests: readonly string[];
}

/**
 * A local server of files. What a path answers is a list: the first request gets the first answer, and the last
 * answer stays. Paths that it does not know are answered with 404.
 */
export async function imageServer(
  files: Readonly<Record<string, { readonly content: Buffer; readonly answers?: readonly Answer[] }>>,
): Promise<ImageServer> {
  const requests: string[] = [];
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(request.headers.range === undefined ? path : `${path} ${request.headers.range}`);
    const file = files[path];
    if (!file) {
      status(404)(request, response, Buffer.alloc(0));
      return;
    }
    const answers = file.answers ?? [whole];
    const count = asked.get(path) ?? 0;
    asked.set(path, count + 1);
    (answers[Math.min(count, answers.length - 1)] ?? whole)(request, response, file.content);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
