import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { openRemote } from '../../pipeline/store/remotes/open-remote.js';
import { importStage } from '../../stages/import/stage.js';
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

  it('has data that import takes: once, and again when an object is another one', async () => {
    const { signal } = new AbortController();
    const remote = openRemote(`${root}/data`);
    const put = async (level: number): Promise<void> => {
      for (const [path, bytes] of Object.entries(await cocoFiles(level)))
        await remote.write(path, { bytes }, signal);
    };
    const pipelineOf = (path: string, images: string): string => `version: 1
stages:
  photos: { uses: import, with: { format: coco, path: '${path}', images: '${images}' } }
`;
    const remotely = pipelineOf(`${root}/data/annotations.json`, `${root}/data/images`);
    await put(10);
    const workspace = await Workspace.create({ 'pipeline.yaml': remotely }, stageRegistry([importStage]));
    expect((await workspace.run()).stages).toEqual({ photos: 'succeeded' });
    expect((await workspace.run()).stages).toEqual({ photos: 'reused' });

    // What is the same in a folder is the same result.
    for (const [path, bytes] of Object.entries(await cocoFiles(10)))
      await workspace.write(`local/${path}`, bytes);
    await workspace.write('pipeline.yaml', pipelineOf('local/annotations.json', 'local/images'));
    expect((await workspace.run()).stages).toEqual({ photos: 'reused' });

    await put(20);
    await workspace.write('pipeline.yaml', remotely);
    const { stages, events } = await workspace.run();
    expect(stages).toEqual({ photos: 'succeeded' });
    const started = events.find(({ type }) => type === 'stage-started');
    expect(started).toMatchObject({ reasons: [expect.stringContaining('one.png')] });
  });

  it('without the data says so at its place in the file', async () => {
    const textOf = (path: string): string =>
      `version: 1\nstages:\n  photos: { uses: import, with: { format: coco, path: '${path}' } }\n`;
    const registry = stageRegistry([importStage]);
    const none = await Workspace.create({ 'pipeline.yaml': textOf(`${root}/none/a.json`) }, registry);
    const { exitCode, error } = await none.run();
    expect(exitCode).toBe(2);
    expect(error).toMatch(/pipeline\.yaml:3:.*There is no object .*\/none\/a\.json/s);
    const elsewhere = `${root.replace('results', 'nowhere')}/a.json`;
    const wrong = await Workspace.create({ 'pipeline.yaml': textOf(elsewhere) }, registry);
    expect((await wrong.run()).error).toMatch(/pipeline\.yaml:3:.*nowhere/s);
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

/** A picture with one box, as COCO has them; below a folder. */
async function cocoFiles(level: number): Promise<Readonly<Record<string, Buffer>>> {
  const background = { r: level, g: level, b: level };
  const picture = await sharp({ create: { width: 32, height: 32, channels: 3, background } })
    .png()
    .toBuffer();
  const annotations = {
    images: [{ id: 1, file_name: 'one.png', width: 32, height: 32 }],
    categories: [{ id: 1, name: 'person' }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [2, 3, 10, 12], area: 120, iscrowd: 0 }],
  };
  return {
    'annotations.json': Buffer.from(JSON.stringify(annotations)),
    'images/one.png': picture,
  };
}

async function textsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map((path) => readFile(path, 'utf8')));
}
