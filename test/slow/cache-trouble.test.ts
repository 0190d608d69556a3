import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startAzurite, startS3 } from '../support/bucket-servers.js';
import { troubleProxy, type ChooseTrouble, type Trouble } from '../support/trouble-proxy.js';
import { Workspace } from '../support/workspace.js';

const troubles: readonly Trouble[] = ['error 500', 'reset', 'truncated', 'wrong bytes'];

describe.each([
  { name: 'S3', start: () => startS3('shared'), url: 's3://shared/team', variable: 'AWS_ENDPOINT_URL' },
  {
    name: 'Azure',
    start: () => startAzurite('shared'),
    url: 'azblob://devstoreaccount1/shared/team',
    variable: 'AZURE_STORAGE_CONNECTION_STRING',
  },
])('a cache in $name', ({ start, url, variable }) => {
  let server: Awaited<ReturnType<typeof start>>;
  const files = {
    'pipeline.yaml': `version: 1
cache: { url: ${url}, mode: read-write }
stages:
  copies: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }
`,
    'in/a.txt': 'a'.repeat(5000),
    'in/b.txt': 'b'.repeat(5000),
  };
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  /** Leads the SDK to the server through a proxy. */
  async function through(choose: ChooseTrouble): Promise<readonly string[]> {
    const proxy = await troubleProxy(server.port, choose);
    const before = process.env[variable] ?? '';
    process.env[variable] = before.replace(`:${server.port}`, `:${proxy.port}`);
    onTestFinished(async () => {
      process.env[variable] = before;
      await proxy.close();
    });
    return proxy.troubled;
  }

  it.each(troubles)('that has trouble with everything (%s) fails no run', async (trouble) => {
    const troubled = await through(() => trouble);
    const workspace = await Workspace.create(files);
    const { exitCode, stages, events } = await workspace.run();
    expect(exitCode).toBe(0);
    expect(stages).toEqual({ copies: 'succeeded' });
    expect(troubled.length).toBeGreaterThan(0);
    const told = events.flatMap((event) => (event.type === 'cache-trouble' ? [event.message] : []));
    expect(told.length).toBeGreaterThan(0);
    // Half an answer, or a wrong one, is good enough where nobody looks into it.
    if (trouble === 'error 500' || trouble === 'reset')
      expect(told.join('\n')).toContain('The cache is left alone for now.');
    expect(await workspace.list('out/copies')).toEqual(['a', 'b']);
  });

  it.each<Trouble>([...troubles, 'slow'])(
    'that has it with contents alone (%s): they are made here',
    async (trouble) => {
      await (await Workspace.create(files)).run();
      const troubled = await through((method, path) =>
        method === 'GET' && /\/blobs\//.test(path) ? trouble : 'none',
      );
      const second = await Workspace.create(files);
      const { exitCode, stages, events } = await second.run('--cache-mode', 'read');
      expect(exitCode).toBe(0);
      expect(stages).toEqual({ copies: 'succeeded' });
      expect(troubled.length).toBeGreaterThan(0);
      expect(events.some(({ type }) => type === 'cache-trouble')).toBe(true);
      expect(await second.read('out/copies/a')).toBe(files['in/a.txt']);
      // What came of a content is where the next attempt goes on; what was wrong is gone.
      const left = await readdir(second.path('.pipeline/work/incoming')).catch(() => []);
      if (trouble === 'wrong bytes') expect(left).toEqual([]);
      else for (const name of left) expect(name).toMatch(/^[0-9a-f]{64}\.part$/);
    },
  );

  it('that stumbles over every third answer gives everything nevertheless', async () => {
    await (await Workspace.create(files)).run();
    const kinds: readonly Trouble[] = ['error 500', 'reset', 'truncated'];
    const troubled = await through((_method, _path, count) =>
      count % 3 === 1 ? (kinds[count % 2] ?? 'none') : 'none',
    );
    const { exitCode, stages, events } = await (await Workspace.create(files)).run();
    expect(exitCode).toBe(0);
    expect(stages).toEqual({ copies: 'reused' });
    expect(troubled.length).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === 'cache-trouble')).toEqual([]);
  });
});
