import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { trainingParams, withOption } from './command-params.js';
import { prepareTraining } from './prepare-training.js';
import { trainDetector } from './train.js';

/** `pipeline overfit`: a network must be able to learn one batch by heart; if not, something is wrong with either. */
export const overfitCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]',
  wordsHelp: 'A dataset of the store, or a folder with one.',
  options: z.strictObject({
    with: withOption,
    images: z.number().int().min(1).default(4).describe('Images of the batch: the first ones with objects.'),
    steps: z.number().int().min(1).default(150).describe('Steps to take.'),
    share: z.number().min(0).max(1).default(0.05).describe('Share of the first loss that must be reached.'),
    seed: z.number().int().default(1).describe('Of the first weights.'),
  }),
  run: async (words, { with: given, images, steps, share, seed }, host) => {
    const params = await trainingParams(given, { cfg: 'nano', optimizer: { name: 'adamw', rate: 0.003 } });
    const { labelled, cfg, cfgText, layout, start } = await prepareTraining(words, params, seed, host);
    const chosen = labelled.images.filter(({ objects }) => objects.classes.length > 0).slice(0, images);
    if (chosen.length === 0) throw new UserError('No image of this dataset has an object.');
    const batch = { ...labelled, images: chosen };
    const workDirectory = await mkdtemp(join(tmpdir(), 'darkroom-overfit-'));
    try {
      const result = await trainDetector({
        params: {
          ...params,
          phases: undefined,
          epochs: steps,
          batch: chosen.length,
          shards: Math.min(params.shards, chosen.length),
          validateEvery: steps,
          checkpointEvery: steps,
          multiScale: undefined,
          augment: stillOf(params.augment),
        },
        cfg,
        cfgText,
        layout,
        start,
        train: batch,
        validation: batch,
        seed,
        workers: host.cpuCount,
        workDirectory,
        signal: host.signal,
        log: () => undefined,
        onStep: (step, all, note) => {
          if (step === 1 || step % 10 === 0) host.console.out(`step ${step} of ${all}: ${note}`);
        },
      });
      const [first, last] = [result.reports.at(0)?.loss ?? NaN, result.reports.at(-1)?.loss ?? NaN];
      const reached = last <= share * first;
      host.console.out(
        `${chosen.length} images: loss ${first.toFixed(2)} → ${last.toFixed(3)} (${((100 * last) / first).toFixed(1)} % of the first), AP50 ${result.bestAp50.toFixed(3)}`,
      );
      if (!reached)
        host.console.error(
          `The loss did not fall to ${100 * share} % of the first. More --steps, another optimizer.rate, or look at boxes and anchors.`,
        );
      return reached ? 0 : 1;
    } finally {
      await rm(workDirectory, { recursive: true, force: true });
    }
  },
});

/** The same augmentation with every change switched off: a batch that never changes can be learnt by heart. */
function stillOf<T extends object>(augment: T): T {
  const off = {
    flip: false,
    flipVertical: false,
    jitter: 0,
    scale: [1, 1],
    placement: 'centre',
    rotate: 0,
    shear: 0,
    hue: 0,
    saturation: 1,
    value: 1,
    mosaic: 0,
    mixup: 0,
  };
  const still = Object.entries(augment).map(([key, value]: [string, unknown]) => {
    const sometimes = typeof value === 'object' && value !== null && 'share' in value;
    return [key, sometimes ? { ...value, share: 0 } : ((off as Record<string, unknown>)[key] ?? value)];
  });
  return Object.fromEntries(still) as T;
}
