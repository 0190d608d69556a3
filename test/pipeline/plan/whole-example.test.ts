import { expect, it } from 'vitest';
import { z } from 'zod';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { planPipeline } from '../../../pipeline/plan/plan.js';
import { defineStage, type StageKind } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';

/** A whole pipeline as people write it: lists, mappings and references inside braces, a matrix that flows down. */
const example = `# yaml-language-server: $schema=…/pipeline.schema.json
version: 1
name: patient-room
seed: 7
vars: { frames: 400 }
stages:
  frames:
    uses: render
    with:
      scene: ./scene/room.py              # or a .blend
      frames: \${vars.frames}
      resolution: [416, 416]
      engine: { name: cycles, samples: 24, device: auto }
      randomize:
        camera: { distance: { uniform: [2, 6] }, elevation: { uniform: [5, 50] } }
        world: { hdri: { glob: ./hdri/*.exr } }
        pose: { choice: [lying, sitting, standing] }
  synthetic: { uses: annotate, in: { frames: frames }, with: { minVisible: 0.2, minPixels: 64 } }
  photos:    { uses: import, with: { format: coco, annotations: ./real/instances.json, images: ./real/images } }
  real:      { uses: split, in: { dataset: photos }, with: { train: 0.6, validation: 0.2, test: 0.2, by: scene } }
  gan:       { uses: cyclegan/train, in: { source: synthetic, target: real.train } }
  adapted:   { uses: cyclegan/translate, in: { dataset: synthetic, generator: gan } }
  train-set:
    uses: merge
    matrix: { arm: { synthetic: [synthetic], adapted: [adapted], mixed: [synthetic, real.train] } }
    in: { datasets: \${matrix.arm} }
  detector:  { uses: yolo/train, matrix: { seed: [1, 2, 3] }, in: { train: train-set, validation: real.validation }, resources: { gpu: 1 } }
  found:     { uses: detect, in: { detector: detector, images: real.test } }
  score:     { uses: evaluate, in: { predictions: found, truth: real.test } }
  verdict:   { uses: benchmark, in: { scores: score } }
`;

/** A kind that has the inputs and outputs of the real one, and takes any parameters. @param outputs `name:type` */
function kind(name: string, inputs: StageKind['inputs'], ...outputs: readonly string[]): StageKind {
  const pairs = outputs.map((text) => {
    const [output = '', type = output] = text.split(':');
    return [output, { type, description: '' }] as const;
  });
  return defineStage<unknown>({
    kind: name,
    summary: '',
    revision: 1,
    params: z.unknown(),
    inputs,
    outputs: Object.fromEntries(pairs),
    seeded: () => true,
    run: () => Promise.resolve(),
  });
}
const one = (type: string): StageKind['inputs'][string] => ({ type, description: '' });
const many = (type: string): StageKind['inputs'][string] => ({ type, many: true, description: '' });

const registry = stageRegistry([
  kind('render', {}, 'frames'),
  kind('annotate', { frames: one('frames') }, 'dataset'),
  kind('import', {}, 'dataset'),
  kind('split', { dataset: one('dataset') }, 'train:dataset', 'validation:dataset', 'test:dataset'),
  kind('cyclegan/train', { source: one('dataset'), target: one('dataset') }, 'generator'),
  kind('cyclegan/translate', { dataset: one('dataset'), generator: one('generator') }, 'dataset'),
  kind('merge', { datasets: many('dataset') }, 'dataset'),
  kind('yolo/train', { train: one('dataset'), validation: one('dataset') }, 'detector'),
  kind('detect', { detector: one('detector'), images: one('dataset') }, 'predictions'),
  kind('evaluate', { predictions: one('predictions'), truth: one('dataset') }, 'scores'),
  kind('benchmark', { scores: many('scores') }, 'report'),
]);

it('reads the example of a whole pipeline as it is written', () => {
  const file = parsePipelineFile(example, '/x/p.yaml');
  if (!file.ok) throw new Error(file.error.map(({ message }) => message).join('\n'));
  const plan = planPipeline(file.value, registry);
  if (!plan.ok) throw new Error(plan.error.map(({ message }) => message).join('\n'));
  const named = new Map(plan.value.stages.map((stage) => [stage.name, stage]));
  expect(named.get('train-set[arm=mixed]')?.inputs['datasets']).toEqual([
    { stage: 'synthetic', output: 'dataset' },
    { stage: 'real', output: 'train' },
  ]);
  expect(named.get('verdict')?.inputs['scores']).toHaveLength(9);
  expect(named.get('frames')?.params).toMatchObject({ frames: 400 });
});
