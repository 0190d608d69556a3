import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRemote } from '../../pipeline/store/remotes/open-remote.js';
import { startAzurite, startS3 } from '../support/bucket-servers.js';
import { describeRemote } from '../support/remote-suite.js';
import { Workspace } from '../support/workspace.js';

describe.each([
  { name: 'a bucket of S3', start: startS3, root: 's3://results', secret: 'AWS_SECRET_ACCESS_KEY' },
  {
    name: 'a container of Azure',
    start: startAzurite,
    root: 'azblob://devstoreaccount1/results',
    secret: 'AZURE_STORAGE_CONNECTION_STRING',
  },
])('$name', ({ name, start, root, secret }) => {
  let server: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    server = await start('results');
  });
  afterAll(() => server.close());

  describeRemote(name, () =>
    Promise.resolve({ remote: openRemote(`${root}/some/prefix`), close: () => Promise.resolve() }),
  );

  const files = {
    'pipeline.yaml': `version: 1
cache: { url: ${root}/team, mode: read-write }
stages:
  copies: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }
`,
    'in/a.txt': 'a',
    'in/b.txt': 'b',
  };

  it('lets two workspaces make a result once', async () => {
    const [first, second] = [await Workspace.create(files), await Workspace.create(files)];
    expect((await first.run()).stages).toEqual({ copies: 'succeeded' });
    const result = await second.run();
    expect(result.events.filter(({ type }) => type === 'cache-trouble')).toEqual([]);
    expect(result.stages).toEqual({ copies: 'reused' });
    expect(await second.list('out/copies')).toEqual(['a', 'b']);
  });

  it('that refuses the credentials fails no run, and they appear nowhere', async () => {
    // Base64, as Azure's keys are, and part of what the SDKs sign with.
    const key = Buffer.from('a key that nobody may see, of some length').toString('base64');
    const before = process.env[secret] ?? '';
    vi.stubEnv(secret, before.replace(/^S3RVER$|(?<=AccountKey=)[^;]*/, key));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
    const workspace = await Workspace.create(files);
    const { exitCode, stages, out, error, events } = await workspace.run();
    vi.unstubAllEnvs();
    expect(exitCode).toBe(0);
    expect(stages).toEqual({ copies: 'succeeded' });
    expect(events.some(({ type }) => type === 'cache-trouble')).toBe(true);
    const written = [out, error, ...(await textsBelow(workspace.path('.pipeline')))];
    expect(written.length).toBeGreaterThan(5);
    for (const text of written) {
      expect(text).not.toContain(key);
      expect(text).not.toMatch(/Signature|SharedKey|AWS4-HMAC/);
    }
  });
});

async function textsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map((path) => readFile(path, 'utf8')));
}
