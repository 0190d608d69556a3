import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { renderStage } from '../../../stages/render/stage.js';
import { Workspace } from '../../support/workspace.js';

const blender = resolve(import.meta.dirname, '../../fakes/fake-blender.mjs');

/** What a run says of an engine that this machine has not. */
async function refusal(engine: string, program = blender): Promise<string> {
  const workspace = await Workspace.create(
    {
      'scene.py': '# Read by nobody: Blender is not real.\n',
      'pipeline.yaml': `version: 1
name: here
stages:
  frames:
    uses: render
    with:
      scene: ./scene.py
      frames: 1
      blender: ${program}
      engine:
        ${engine}
`,
    },
    stageRegistry([renderStage]),
  );
  const { exitCode, error, out } = await workspace.run();
  expect(exitCode).not.toBe(0);
  return `${error}\n${out.replaceAll('\\"', '"')}`;
}

test('a GPU that is not there is refused at its place, with the devices that are', async () => {
  expect(await refusal('device: gpu')).toMatch(
    /pipeline\.yaml:11:17: error: engine\.device is gpu, but Cycles finds no GPU.*It finds: Fake CPU \(CPU\)/,
  );
});

test('a denoiser that Blender was built without is refused at its place', async () => {
  expect(await refusal('denoise: true')).toMatch(
    /pipeline\.yaml:11:18: error: engine\.denoise is on, but .*fake-blender\.mjs was built without OpenImageDenoise/,
  );
});

test('a Blender that is not there is refused at its place', async () => {
  expect(await refusal('device: cpu', '/nowhere/blender')).toMatch(
    /pipeline\.yaml:9:16: error: The pipeline file names "\/nowhere\/blender" as Blender, but there is no program/,
  );
});
