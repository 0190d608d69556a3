import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { echoStage } from '../bench/echo-stage.js';
import { Workspace } from '../support/workspace.js';

const count = Number(process.env['DARKROOM_TEST_ITEMS'] ?? 100_000);

const counting = defineStage({
  kind: 'counting',
  summary: 'Counts files.',
  revision: 1,
  params: z.strictObject({}),
  inputs: { files: { type: 'files', description: 'What to count' } },
  outputs: { count: { type: 'number', description: 'How many there are' } },
  seeded: () => false,
  run: async ({ input, output }) => {
    let files = 0;
    for await (const file of input('files').files()) if (file.sizeBytes > 0) files++;
    await output('count').write('n', String(files));
  },
});

it('of a hundred thousand items that the cache has as a whole, nothing is fetched until somebody needs it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-large-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pipeline = `version: 1
cache: { url: '${pathToFileURL(folder).href}', mode: read-write }
stages:
  echo: { uses: bench/echo, with: { count: ${count} } }
  count: { uses: counting, in: { files: echo } }
`;
  const registry = stageRegistry([echoStage, counting]);
  const first = await Workspace.create({ 'pipeline.yaml': pipeline }, registry);
  expect((await first.run()).stages).toEqual({ echo: 'succeeded', count: 'succeeded' });

  const second = await Workspace.create({ 'pipeline.yaml': pipeline }, registry);
  const { stages, events } = await second.run();
  expect(stages).toEqual({ echo: 'reused', count: 'reused' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'stage-reused', stage: 'echo', away: true }));
  // The end of the plan alone: its list of files and its file.
  const contents = await readdir(second.path('.pipeline/blobs'), { recursive: true, withFileTypes: true });
  expect(contents.filter((entry) => entry.isFile()).length).toBeLessThanOrEqual(2);
  expect(await second.read('out/count/n')).toBe(String(count));

  // Somebody needs them: all of them come, and none is made.
  const pulled = await second.command('cache', 'pull', '@pipeline.yaml', 'echo');
  expect(pulled.exitCode).toBe(0);
  expect(pulled.out).toContain('+ echo  fetched');
});
