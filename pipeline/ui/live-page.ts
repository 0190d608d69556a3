import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { hasErrorCode } from '../core/error-code.js';
import { UserError } from '../core/user-error.js';
import type { Store } from '../store/store.js';
import { Api } from './api.js';
import { followLines } from './follow-lines.js';
import { Guard } from './guard.js';
import type { RunControl } from './run-control.js';
import { pagePart, runPart, type ServedFile } from './served-files.js';

const loopback = '127.0.0.1';
const largestBodyBytes = 10_000;
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface LivePageOptions {
  readonly pipeline: string;
  readonly store: Store;
  /** Undefined where the page may only look. */
  readonly control: RunControl | undefined;
  /** 0 for any that is free. */
  readonly port: number;
}

/** The live page of a pipeline: a server on this machine alone. */
export class LivePage {
  readonly #ended = new AbortController();

  private constructor(
    private readonly server: Server,
    private readonly api: Api,
    private readonly guard: Guard,
    private readonly options: LivePageOptions,
    private readonly port: number,
  ) {}

  /** @throws UserError when the port is taken */
  static async open(options: LivePageOptions): Promise<LivePage> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(
          hasErrorCode(error, 'EADDRINUSE', 'EACCES')
            ? new UserError(`Port ${options.port} of this machine cannot be had.`, {
                hint: 'Leave --port out: then a free one is taken.',
              })
            : error,
        ),
      );
      server.listen(options.port, loopback, resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    const hosts = new Set([loopback, 'localhost'].map((name) => `${name}:${port}`));
    const guard = new Guard(randomBytes(24).toString('base64url'), hosts);
    const api = new Api(options.pipeline, options.store, options.control);
    const page = new LivePage(server, api, guard, options, port);
    server.on('request', (request, response) => {
      page.#answer(request, response).catch((error: unknown) => fail(response, error));
    });
    return page;
  }

  /** Where the page is, with the token that lets in. */
  get address(): string {
    return `http://${loopback}:${this.port}/?token=${this.guard.token}`;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', `http://${loopback}`);
    const refusal = this.guard.refusal(request, query);
    if (refusal) return send(response, refusal.status, { message: refusal.message });
    if (query.has('token')) {
      // Out of the address bar, and of what a browser remembers of it.
      response.writeHead(303, {
        'set-cookie': this.guard.cookie,
        location: '/',
        'referrer-policy': 'no-referrer',
      });
      response.end();
      return;
    }
    const path = pathname.slice(1);
    if (request.method === 'POST') return this.#post(path, request, response);
    if (path === 'api/events') return this.#events(query.get('run'), request, response);
    if (path.startsWith('api/')) return found(response, await this.api.get(path.slice('api/'.length), query));
    if (path.startsWith('run/')) return this.#runFile(path.slice('run/'.length), response);
    return sendFile(response, await pagePart(path === '' ? 'page.html' : path));
  }

  async #post(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (Number(request.headers['content-length'] ?? largestBodyBytes + 1) > largestBodyBytes)
      return send(response, 403, { message: 'The page would not ask for so much.' });
    let body: unknown;
    try {
      body = JSON.parse(await text(request));
    } catch {
      body = undefined;
    }
    found(response, await this.api.post(path.replace(/^api\//, ''), body));
  }

  async #runFile(path: string, response: ServerResponse): Promise<void> {
    const slash = path.indexOf('/');
    const run = await this.api.run(decodeURIComponent(path.slice(0, slash)));
    const file = run && (await runPart(this.options.store.runDirectory(run.runId), path.slice(slash + 1)));
    // The report brings its own policy along, stricter than ours.
    sendFile(response, file, file?.type.startsWith('text/html') ? {} : { 'cache-control': 'no-store' });
  }

  /** Server-sent events: every line of the run's journal, from its beginning. */
  async #events(id: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const files = await this.api.eventFiles(id);
    if (!files || id === null) return send(response, 404, { message: 'There is no such run.' });
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    const left = new AbortController();
    request.on('close', () => left.abort());
    const signal = AbortSignal.any([left.signal, this.#ended.signal]);
    for await (const line of followLines(files, signal, () => this.api.hasEnded(id)))
      if (!response.write(`data: ${line}\n\n`)) await drained(response, signal);
    if (!signal.aborted) response.write('event: end\ndata: {}\n\n');
    response.end();
  }
}

function found(response: ServerResponse, answer: object | undefined): void {
  if (answer) send(response, 200, answer);
  else send(response, 404, { message: 'There is no such thing.' });
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(answer));
}

function sendFile(
  response: ServerResponse,
  file: ServedFile | undefined,
  headers: Readonly<Record<string, string>> = {
    'content-security-policy': policy,
    'cache-control': 'no-cache',
  },
): void {
  if (!file) return send(response, 404, { message: 'There is no such file.' });
  response.writeHead(200, {
    'content-type': file.type,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(file.data);
}

/** Waits until the browser has taken what was sent: a slow one is no reason to hold a journal in memory. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.end();
  else if (error instanceof UserError)
    send(response, 409, { message: [error.message, error.hint].filter(Boolean).join(' ') });
  else send(response, 500, { message: error instanceof Error ? error.message : String(error) });
}
