import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../../pipeline/core/digest.js';
import { fetchVerified } from '../../../../stages/lib/download/fetch-verified.js';

const content = Buffer.from('weights of a network');
const digest = digestOfBytes(content);

describe('a file of a known digest', () => {
  let folder: string;
  let server: Server;
  let requests = 0;
  let failures = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'download-test-'));
    server = createServer((request, response) => {
      requests++;
      if (request.url === '/missing') response.writeHead(404).end();
      else if (failures-- > 0) response.writeHead(503).end();
      else response.end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const get = (path: string, sha256: string = digest) =>
    fetchVerified(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, sha256, {
      env: { XDG_CACHE_HOME: folder },
      signal: new AbortController().signal,
      log: () => undefined,
    });

  it('is fetched once, and again when its copy was altered', async () => {
    const path = await get('/a');
    expect(await get('/a')).toBe(path);
    expect(requests).toBe(1);
    await writeFile(path, 'altered');
    await get('/a');
    expect(requests).toBe(2);
  });

  it('is tried again when the server is busy, and not when the file is not there', async () => {
    await rm(join(folder, 'darkroom'), { recursive: true });
    failures = 2;
    requests = 0;
    await get('/a');
    expect(requests).toBe(3);
    await expect(get('/missing', 'f'.repeat(64))).rejects.toThrow('the server answered 404');
    expect(requests).toBe(4);
  });

  it('that is another one is refused with both digests', async () => {
    await expect(get('/a', '0'.repeat(64))).rejects.toMatchObject({
      message: expect.stringContaining('is another file than was expected') as string,
      details: [`expected SHA-256 ${'0'.repeat(64)}`, `found    SHA-256 ${digest} (20 bytes)`],
    });
  });
});
