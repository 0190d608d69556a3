import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseCfg, type DarknetCfg } from '../../../stages/lib/darknet/cfg.js';
import { backboneLength, epochAt, phasesOf } from '../../../stages/yolo/phases.js';
import { inputSizeAt } from '../../../stages/yolo/steps.js';
import { yoloTrainParams } from '../../../stages/yolo/params.js';

const network = (name: string): DarknetCfg => {
  const file = resolve(import.meta.dirname, `../../../data/networks/${name}.cfg`);
  return parseCfg(readFileSync(file, 'utf8'), file);
};
const params = (extra: object) => yoloTrainParams.parse({ cfg: 'x', ...extra });

describe('phases of a training', () => {
  it('are one where none are named', () => {
    const [phase, ...others] = phasesOf(params({ epochs: 10, batch: 8 }), undefined, 20);
    expect(others).toEqual([]);
    expect(phase).toMatchObject({ firstStep: 0, steps: 25, epochs: 10, frozenLayers: 0 });
  });

  it('follow each other in steps and epochs, each with its own batch, rate and freeze', () => {
    const phases = phasesOf(
      params({
        batch: 8,
        phases: [
          { epochs: 2, freeze: 'backbone', optimizer: { name: 'adam', rate: 0.01 } },
          { epochs: 3, batch: 4, accumulate: 2, clip: 5 },
        ],
      }),
      network('yolov3'),
      20,
    );
    expect(phases).toMatchObject([
      {
        firstStep: 0,
        steps: 5,
        firstEpoch: 0,
        frozenLayers: 75,
        rule: { name: 'adam' },
        schedule: { rate: 0.01 },
      },
      { firstStep: 5, steps: 8, firstEpoch: 2, frozenLayers: 0, batch: 4, accumulate: 2, clip: 5, rule: { name: 'adamw' } }, // prettier-ignore
    ]);
    const [, second] = phases;
    if (!second) throw new Error('no second phase');
    expect([5, 7, 8, 12, 13].map((step) => epochAt(second, step, 20))).toEqual([2, 2, 3, 4, 5]);
  });

  it('the backbone ends at the last shortcut before the first head, or at the last maxpool', () => {
    expect(['yolov3', 'yolov3-spp', 'yolov3-tiny'].map((name) => backboneLength(network(name)))).toEqual([
      75, 75, 12,
    ]);
  });

  it('that freeze everything are refused', () => {
    expect(() => phasesOf(params({ freeze: 200 }), network('yolov3-tiny'), 8)).toThrow(
      'In training, freeze: 200 leaves nothing to train: the last convolution is layer 22.',
    );
  });
});

describe('multi-scale training', () => {
  const own = { width: 416, height: 416 };
  const multiScale = { least: 320, most: 608, every: 10 };

  it('stays at a size for a while and goes through all of them', () => {
    const sides = Array.from({ length: 2000 }, (_, step) => inputSizeAt(step, own, multiScale, 3).width);
    for (let step = 0; step < 2000; step++) expect(sides[step]).toBe(sides[10 * Math.floor(step / 10)]);
    expect([...new Set(sides)].sort((a, b) => a - b)).toEqual([320, 352, 384, 416, 448, 480, 512, 544, 576, 608]); // prettier-ignore
  });

  it('keeps the aspect to a multiple of 32, and without it the size is the cfg’s', () => {
    const { width, height } = inputSizeAt(5, { width: 640, height: 320 }, multiScale, 3);
    expect([width % 32, height % 32, Math.abs(height - width / 2) <= 16]).toEqual([0, 0, true]);
    expect(inputSizeAt(5, own, undefined, 3)).toEqual(own);
  });
});
