import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download, type DownloadLimits } from '../../../stages/openimages/download.js';
import {
  garbled,
  imageServer,
  md5,
  stalled,
  status,
  truncated,
  whole,
  type Answer,
} from '../../support/image-server.js';

const content = Buffer.from(Array.from({ length: 4000 }, (_, index) => index % 251));
const limits: DownloadLimits = {
  retries: 2,
  stallMs: 200,
  maxBytes: 1e6,
  checksums: true,
  firstWaitMs: 1,
};

async function get(answers: readonly Answer[], changes: Partial<DownloadLimits> = {}, signal?: AbortSignal) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-download-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await imageServer({ '/a.jpg': { content, answers } });
  const path = join(folder, 'a.jpg');
  const result = await download(
    `${server.url}/a.jpg`,
    path,
    { ...limits, ...changes },
    signal ?? new AbortController().signal,
  );
  return { result, requests: server.requests, read: () => readFile(path) };
}

describe('a download', () => {
  it.each([
    ['a server that is busy', [status(503), status(429), whole]],
    ['a connection that breaks', [truncated, whole]],
    ['a connection that stalls', [stalled, whole]],
    ['bytes that do not have the MD5 that the server names', [garbled, whole]],
  ] as const)('comes right after %s', async (_, answers) => {
    const { result, read } = await get(answers);
    expect(result).toEqual({ state: 'complete' });
    expect(md5(await read())).toBe(md5(content));
  });

  it('goes on where it broke off, and begins anew when the bytes were wrong', async () => {
    expect((await get([truncated, whole])).requests).toEqual(['/a.jpg', '/a.jpg bytes=2000-']);
    expect((await get([garbled, whole])).requests).toEqual(['/a.jpg', '/a.jpg']);
  });

  it('begins anew when the server ignores the range', async () => {
    const ignorant: Answer = (request, response, all) => {
      delete request.headers.range;
      whole(request, response, all);
    };
    const { read } = await get([truncated, ignorant]);
    expect(md5(await read())).toBe(md5(content));
  });

  it.each([
    ['404', [status(404)]],
    ['403', [status(403)]],
  ] as const)('is missing for good at HTTP %s, and is not tried again', async (code, answers) => {
    const { result, requests } = await get(answers);
    expect(result).toEqual({ state: 'missing', reason: `HTTP ${code}` });
    expect(requests).toHaveLength(1);
  });

  it('is missing when it is larger than allowed, said beforehand or not', async () => {
    const unannounced: Answer = (_, response, all) => {
      response.writeHead(200);
      response.end(all);
    };
    for (const answers of [[whole], [unannounced]]) {
      const { result } = await get(answers, { maxBytes: 1000 });
      expect(result).toMatchObject({
        state: 'missing',
        reason: expect.stringContaining('larger than 0.001 MB') as string,
      });
    }
  });

  it.each([
    ['stays busy', status(503), 'HTTP 503'],
    ['keeps breaking off', truncated, 'terminated'],
    ['stalls', stalled, 'nothing came for 0.1 s'],
    ['keeps sending other bytes', garbled, 'the MD5 is'],
  ] as const)('fails with the reason after all retries when the server %s', async (_, answer, reason) => {
    // Without ranges, so that no attempt gets further than the one before.
    const same: Answer = (request, response, all) => {
      delete request.headers.range;
      answer(request, response, all);
    };
    await expect(get([same], { stallMs: 100 })).rejects.toThrow(reason);
  });

  it('does not look at checksums where it is told not to', async () => {
    expect((await get([garbled], { checksums: false })).result).toEqual({ state: 'complete' });
  });

  it('compares the MD5 that Google names', async () => {
    const google: Answer = (_, response, all) => {
      response.writeHead(200, {
        'x-goog-hash': `crc32c=AAAAAA==,md5=${Buffer.alloc(16).toString('base64')}`,
      });
      response.end(all);
    };
    await expect(get([google])).rejects.toThrow('but the server says 00000000000000000000000000000000');
  });

  it('waits as long as the server asks', async () => {
    const { result, requests } = await get([status(503, { 'retry-after': '0.05' }), whole]);
    expect([result, requests.length]).toEqual([{ state: 'complete' }, 2]);
  });

  it('ends when the run is cancelled', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 60);
    await expect(get([stalled], { stallMs: 60_000 }, controller.signal)).rejects.toThrow('cancelled');
  });
});
