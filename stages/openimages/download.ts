import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';

export interface DownloadLimits {
  readonly retries: number;
  /** A connection that gives nothing for so long is broken off. */
  readonly stallMs: number;
  readonly maxBytes: number;
  /** Whether the MD5 that a server names is compared. */
  readonly checksums: boolean;
  /** The wait before the first retry; it doubles each time. */
  readonly firstWaitMs: number;
}

export type Download =
  | { readonly state: 'complete' }
  /** There is none to be had, now or later. */
  | { readonly state: 'missing'; readonly reason: string };

/** What may come right when it is tried again. */
export class DownloadFailure extends Error {
  override readonly name = 'DownloadFailure';
  /** So long the server asks to wait. */
  readonly waitMs: number;
  constructor(message: string, options: { readonly waitMs?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.waitMs = options.waitMs ?? 0;
  }
}

/** There will never be an answer of use. */
class Missing extends Error {}

const longestWaitMs = 30_000;

/**
 * Fetches one file. A connection that stalls or ends early is taken up again where it broke off (Range, If-Range)
 * where the server can; what it sent is compared with the length and the MD5 that it named.
 * @param path where the file is written; complete only when this returns `complete`
 * @throws DownloadFailure when all retries failed; the signal's reason when it aborts
 */
export async function download(
  url: string,
  path: string,
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<Download> {
  await rm(path, { force: true });
  const begun: { etag?: string } = {};
  try {
    await pRetry(
      async () => {
        try {
          await attempt(url, path, begun, limits, signal);
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof Missing) throw new AbortError(error);
          throw error;
        }
      },
      {
        retries: limits.retries,
        minTimeout: limits.firstWaitMs,
        maxTimeout: longestWaitMs,
        factor: 2,
        randomize: false,
        signal,
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && error instanceof DownloadFailure && error.waitMs > 0)
            await sleep(Math.min(error.waitMs, longestWaitMs), undefined, { signal });
        },
      },
    );
    return { state: 'complete' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Missing) return { state: 'missing', reason: error.message };
    throw error;
  }
}

async function attempt(
  url: string,
  path: string,
  begun: { etag?: string },
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<void> {
  const stalled = new AbortController();
  let watch = setTimeout(() => stalled.abort(), limits.stallMs);
  const heard = (): void => {
    clearTimeout(watch);
    watch = setTimeout(() => stalled.abort(), limits.stallMs);
  };
  try {
    const have = begun.etag === undefined ? 0 : await sizeOf(path);
    const headers =
      have > 0 && begun.etag !== undefined ? { Range: `bytes=${have}-`, 'If-Range': begun.etag } : {};
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, stalled.signal]) });
    heard();
    const start = await startOf(response, have);
    const etag = response.headers.get('etag');
    if (etag !== null && !etag.startsWith('W/')) begun.etag = etag;
    else delete begun.etag;
    const announced = Number(response.headers.get('content-length') ?? NaN) + start;
    if (announced > limits.maxBytes) throw tooLarge(announced, limits, response);
    const received = await receive(response, path, start, limits, heard);
    if (
      Number.isFinite(announced) &&
      received !== announced &&
      response.headers.get('content-encoding') === null
    )
      throw new DownloadFailure(`${received} of ${announced} bytes came`);
    if (limits.checksums) await compare(path, response.headers, begun);
  } catch (error) {
    if (error instanceof Missing || error instanceof DownloadFailure) throw error;
    const reason = stalled.signal.aborted ? `nothing came for ${limits.stallMs / 1000} s` : messageOf(error);
    throw new DownloadFailure(reason, { cause: error });
  } finally {
    clearTimeout(watch);
  }
}

/** @returns at which byte the answer begins */
async function startOf(response: Response, have: number): Promise<number> {
  const { status } = response;
  if (status === 200) return 0;
  if (status === 206) {
    const begins = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
    if (have > 0 && Number(begins) === have) return have;
  }
  await response.body?.cancel();
  const waitS = Number(response.headers.get('retry-after') ?? NaN);
  if (status === 408 || status === 429 || status === 416 || status === 206 || status >= 500)
    throw new DownloadFailure(`HTTP ${status}`, Number.isFinite(waitS) ? { waitMs: waitS * 1000 } : {});
  throw new Missing(`HTTP ${status}`);
}

async function receive(
  response: Response,
  path: string,
  start: number,
  limits: DownloadLimits,
  heard: () => void,
): Promise<number> {
  if (!response.body) throw new DownloadFailure('the answer has no content');
  const file = await open(path, start === 0 ? 'w' : 'a');
  let size = start;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      heard();
      size += chunk.length;
      if (size > limits.maxBytes) throw tooLarge(size, limits, response);
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  return size;
}

function tooLarge(size: number, limits: DownloadLimits, response: Response): Missing {
  void response.body?.cancel().catch(() => undefined);
  return new Missing(`larger than ${limits.maxBytes / 1e6} MB (${(size / 1e6).toFixed(1)} MB or more)`);
}

/** S3 names the MD5 as the ETag of what was sent in one piece, Google's storage in a header of its own. */
async function compare(path: string, headers: Headers, begun: { etag?: string }): Promise<void> {
  const google = /md5=([A-Za-z0-9+/=]+)/.exec(headers.get('x-goog-hash') ?? '')?.[1];
  const content = google ?? headers.get('content-md5') ?? undefined;
  const etag = /^"([0-9a-f]{32})"$/i.exec(headers.get('etag') ?? '')?.[1];
  const expected =
    content === undefined ? etag?.toLowerCase() : Buffer.from(content, 'base64').toString('hex');
  if (expected === undefined) return;
  const hash = createHash('md5');
  const file = await open(path, 'r');
  for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === expected) return;
  // Whatever came is of no use: the next attempt begins anew.
  delete begun.etag;
  throw new DownloadFailure(`the MD5 is ${found}, but the server says ${expected}`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
