import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { openRemote } from '../../pipeline/store/remotes/open-remote.js';
import { renderStage } from '../../stages/render/stage.js';
import { startS3 } from '../support/bucket-servers.js';
import { Workspace } from '../support/workspace.js';

let close: () => Promise<void>;
beforeAll(async () => {
  ({ close } = await startS3('scenes'));
});
afterAll(() => close());

const pipelineOf = (scene: string): string => `version: 1
stages:
  frames: { uses: render, with: { scene: '${scene}', frames: 1, resolution: [32, 32], engine: { samples: 1, device: cpu } } }
`;

it('render takes its scene out of a bucket, and the frames are those of the same scene in a folder', async () => {
  const scene = await readFile(join(productRoot(), 'test/fixtures/scenes/cube.py'));
  await openRemote('s3://scenes/rooms').write('cube.py', { bytes: scene }, new AbortController().signal);
  const workspace = await Workspace.create(
    { 'pipeline.yaml': pipelineOf('s3://scenes/rooms/cube.py') },
    stageRegistry([renderStage]),
  );
  expect((await workspace.run()).stages).toEqual({ frames: 'succeeded' });
  await workspace.write('cube.py', scene);
  await workspace.write('pipeline.yaml', pipelineOf('./cube.py'));
  expect((await workspace.run()).stages).toEqual({ frames: 'reused' });
});
