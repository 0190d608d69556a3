import { describe, expect, it } from 'vitest';
import { checkTrainingMemory } from '../../../stages/cyclegan/memory.js';
import { initialModel, modelOf } from '../../../stages/cyclegan/model.js';
import {
  cycleGanParams,
  gammaOf,
  modelShapeOf,
  type CycleGanParams,
} from '../../../stages/cyclegan/params.js';
import { StepTask, type SharedVectors, type TaskSetup } from '../../../stages/cyclegan/step-task.js';
import { makeVectors } from '../../../stages/cyclegan/training-state.js';
import { OutOfMemoryError } from '../../../stages/lib/tensors/out-of-memory.js';
import { peakOf } from '../../support/wasm-peak.js';

const small = { crop: 64, width: 16, blocks: 2, judgeWidth: 16, backend: 'wasm' };

function setupOf(params: CycleGanParams, vectors?: SharedVectors): TaskSetup {
  const shape = modelShapeOf(params);
  return {
    shape,
    options: {
      mode: params.mode,
      variant: params.bayesian.variant,
      adversarial: 'lsgan',
      cycle: 10,
      gamma: gammaOf(params),
      identity: 0.5,
      patches: 1,
      patchCount: params.cut.patches,
      temperature: 0.07,
    },
    samples: params.bayesian.samples,
    backend: 'wasm',
    seed: 1,
    vectors: vectors ?? makeVectors(initialModel(modelOf(shape), 1)),
  };
}

const squares = (count: number, crop: number) => new Float32Array(count * crop * crop * 3).fill(0.1);
const request = ({ crop, bayesian: { samples } }: CycleGanParams, task: number) => ({
  step: 0,
  task,
  batch: 1,
  crop,
  own: squares(1, crop),
  other: squares(1, crop),
  mapPictures: { there: squares(samples, crop), back: squares(1, crop) },
});

function reckoned(params: CycleGanParams): number {
  for (let memoryMb = 1; ; memoryMb++)
    try {
      checkTrainingMemory({ ...params, memoryMb });
      return memoryMb * 1024 ** 2;
    } catch {
      continue;
    }
}

describe('the memory of a training step', () => {
  it.each([
    { mode: 'cyclegan' },
    { mode: 'cut' },
    { mode: 'bayesian', bayesian: { samples: 2, gamma: 0.5, map: 'encoder', encoderWidth: 16 } },
  ])('of $mode is what is reckoned beforehand, at the safe side', async (more) => {
    const params = cycleGanParams.parse({ ...small, ...more });
    const task = await StepTask.start(setupOf(params));
    const peak = await peakOf(async () => {
      for (const half of [0, 1]) await task.gradients(request(params, half));
    });
    expect(reckoned(params)).toBeGreaterThan(peak);
    expect(reckoned(params)).toBeLessThan(1.6 * peak);
  });

  it('that is too little names the crop that fits, which does fit', () => {
    const params = cycleGanParams.parse({ memoryMb: 1000 });
    expect(() => checkTrainingMemory(params)).toThrow(/A step takes about \d+ MB a worker/);
    let hint = '';
    try {
      checkTrainingMemory(params);
    } catch (error) {
      ({ hint } = error as { hint: string });
    }
    const crop = Number(/`crop: (\d+)` fits/.exec(hint)?.[1]);
    expect(() => checkTrainingMemory({ ...params, crop })).not.toThrow();
    expect(() => checkTrainingMemory({ ...params, crop: crop + 4 })).toThrow();
    expect(() => checkTrainingMemory({ ...params, memoryMb: 100, width: 256 })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('No crop fits') as string }),
    );
  });

  it('that runs out all the same is said by name', async () => {
    const params = cycleGanParams.parse(small);
    const vectors: SharedVectors = {
      parameters: initialModel(modelOf(modelShapeOf(params)), 1),
      slots: [],
      get gradients(): never {
        throw new OutOfMemoryError('no room');
      },
    };
    const task = await StepTask.start(setupOf(params, vectors));
    await expect(task.gradients(request(params, 0))).rejects.toMatchObject({
      message: 'Out of memory: a worker cannot learn from 1 × 64 × 64 pixels with these networks.',
      hint: expect.stringContaining('Lower `crop`') as string,
    });
  });
});
