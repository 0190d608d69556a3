import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commands } from '../../../stages/commands.js';
import { renderStage } from '../../../stages/render/stage.js';
import { Workspace } from '../../support/workspace.js';

const blender = resolve(import.meta.dirname, '../../fakes/fake-blender.mjs');

describe('pipeline preview of rendered frames', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    const file = `version: 1
stages:
  frames:
    uses: render
    with: { scene: ./scene.py, blender: ${blender}, frames: 5, resolution: [16, 16], quality: { black: 0 } }
`;
    workspace = await Workspace.create(
      { 'scene.py': '# not real', 'pipeline.yaml': file },
      stageRegistry([renderStage]),
      commands,
    );
    await workspace.run();
  });
  const preview = (...options: readonly string[]): ReturnType<Workspace['command']> =>
    workspace.command('preview', '@pipeline.yaml', 'frames', '--output', '@grid.png', ...options);

  it('is a PNG grid with masks and boxes drawn over', async () => {
    const drawn = await preview('--count', '4', '--columns', '2', '--width', '64');
    expect(drawn).toMatchObject({ exitCode: 0, error: '' });
    expect(drawn.out).toMatch(/grid\.png: 4 of 5 pictures of frames/);
    const picture = await readFile(workspace.path('grid.png'));
    const metadata = await sharp(picture).metadata();
    expect(metadata).toMatchObject({ format: 'png', width: 6 + 2 * 70 });
    await preview('--count', '4', '--columns', '2', '--width', '64', '--plain');
    expect(picture.equals(await readFile(workspace.path('grid.png')))).toBe(false);
  });

  it('shows the pictures that are asked for, and refuses names that are not there', async () => {
    expect((await preview('--only', '000003', '--only', '000001')).out).toMatch(/2 of 5 pictures/);
    const wrong = await preview('--only', '000009');
    expect(wrong.exitCode).not.toBe(0);
    expect(wrong.error).toMatch(/There is no picture 000009 here/);
  });

  it('shows what the quality checks call doubtful', async () => {
    expect((await preview('--doubtful')).out).toMatch(/5 of 5 pictures/);
  });

  it('takes a folder that holds the artifact', async () => {
    const drawn = await workspace.command('preview', '@out/frames', '--output', '@folder.png');
    expect(drawn).toMatchObject({ exitCode: 0 });
    expect((await sharp(workspace.path('folder.png')).metadata()).format).toBe('png');
  });
});
