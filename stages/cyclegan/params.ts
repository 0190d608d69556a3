import { z } from 'zod';
import { backendChoices } from '../lib/tensors/backend-choice.js';
import type { ModelShape } from './model.js';
import { adversarialLosses, modes } from './modes.js';
import { SMALLEST_JUDGED_PX } from './networks/sizes.js';

const bayesianSchema = z
  .strictObject({
    variant: z
      .enum(['paper', 'sane'])
      .default('sane')
      .describe(
        'paper: as the published code (cycles summed over the samples, real pictures counted once a sample, the rate falling within each epoch, no identity, no pool); sane: means.',
      ),
    samples: z.number().int().min(1).max(8).default(3).describe('Monte-Carlo samples of the map a step.'),
    map: z
      .enum(['noise', 'encoder'])
      .default('noise')
      .describe(
        'What tells versions of an image apart: a map of noise, or what an encoder, trained along, makes of another picture of the target domain (cyclegan/translate then needs `target`).',
      ),
    encoderWidth: z
      .number()
      .int()
      .min(4)
      .default(32)
      .describe('With `map: encoder`: channels of the encoders’ first convolution.'),
    gamma: z
      .number()
      .min(0)
      .optional()
      .describe(
        'γ: weight of the adversarial loss of pictures that went there and back. Left out, .1 with variant: paper (its published commands have 0, its text .5), 0 with sane.',
      ),
    prior: z
      .number()
      .min(0)
      .default(1)
      .describe('Weight of the Gaussian prior: the mean square of each tensor, divided by the batch.'),
    friction: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'With variant: sane, α of SGHMC: gradients get noise of deviation √(2α) / pictures of the larger domain, so that the networks are drawn from their posterior; 0 for none, .01 in Bayesian GAN.',
      ),
  })
  .refine(({ variant, friction }) => variant === 'sane' || friction === 0, {
    path: ['friction'],
    message: 'the published code has no noise: use `variant: sane`, or leave `friction` out',
  })
  .prefault({})
  .describe('For mode: bayesian.');

const cutSchema = z
  .strictObject({
    weight: z
      .number()
      .min(0)
      .default(1)
      .describe('Of the patches’ loss; FastCUT has 10, with `identity: 0`.'),
    patches: z
      .number()
      .int()
      .min(2)
      .default(256)
      .describe('Patches of a picture that are compared at each of five places.'),
    temperature: z.number().positive().default(0.07).describe('τ of the patches’ cross-entropy.'),
  })
  .prefault({})
  .describe('For mode: cut.');

const epochsSchema = z
  .strictObject({
    constant: z.number().int().min(1).default(100).describe('Epochs at the full learning rate.'),
    falling: z.number().int().min(0).default(100).describe('Epochs in which it falls to nothing.'),
  })
  .prefault({})
  .describe('How long.');

/** What `with` of cyclegan/train may say. */
export const cycleGanParams = z
  .strictObject({
    mode: z
      .enum(modes)
      .default('cyclegan')
      .describe(
        'cyclegan: two generators that undo each other; bayesian: the same with a map of noise, or of another picture, so that several versions of an image can be drawn; cut: one generator that keeps patches where they are, at half the cost.',
      ),
    crop: z
      .number()
      .int()
      .min(SMALLEST_JUDGED_PX)
      .multipleOf(4)
      .default(256)
      .describe('Side in pixels of the squares that are cut out to learn from. Images stay at their size.'),
    boxShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.75)
      .describe('Share of the squares that are cut around an object, in images that have any.'),
    boxWeight: z
      .number()
      .min(1)
      .default(1)
      .describe(
        'How much more pixels inside boxes count in cycle and identity: above 1 objects change less.',
      ),
    flip: z.boolean().default(true).describe('Mirror half of the squares. Translation never mirrors.'),
    batch: z.number().int().min(1).default(1).describe('Pictures of each domain a step.'),
    epochs: epochsSchema,
    picturesAnEpoch: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'How many pictures of each domain an epoch has; as many as the larger domain where left out.',
      ),
    blocks: z
      .number()
      .int()
      .min(1)
      .max(12)
      .default(9)
      .describe('Residual blocks of a generator: 6 for crops of 128.'),
    width: z.number().int().min(4).default(64).describe('Channels of a generator’s first convolution (ngf).'),
    judgeWidth: z
      .number()
      .int()
      .min(4)
      .default(64)
      .describe('Channels of a discriminator’s first convolution (ndf).'),
    adversarial: z
      .enum(adversarialLosses)
      .default('lsgan')
      .describe('How discriminators are asked: least squares, cross-entropy or hinge.'),
    cycle: z.number().min(0).default(10).describe('λ: weight of the way there and back.'),
    identity: z
      .number()
      .min(0)
      .default(0.5)
      .describe(
        'Weight, relative to λ, of leaving pictures of the target domain as they are; of CUT, 0 for none.',
      ),
    pool: z
      .number()
      .int()
      .min(0)
      .default(50)
      .describe('Earlier translations that a discriminator sees half of the time.'),
    rate: z.number().positive().default(0.0002).describe('Learning rate.'),
    beta1: z.number().min(0).lt(1).default(0.5).describe('Adam: share of the old mean gradient in the new.'),
    beta2: z.number().min(0).lt(1).default(0.999).describe('Adam: share of the old mean square in the new.'),
    bayesian: bayesianSchema,
    cut: cutSchema,
    sampleEvery: z
      .number()
      .int()
      .min(1)
      .default(500)
      .describe('Make a sheet of samples every so many steps.'),
    checkpointEvery: z
      .number()
      .int()
      .min(1)
      .default(200)
      .describe('Write a checkpoint every so many steps; one is also written when the run is stopped.'),
    backend: z
      .enum(backendChoices)
      .default('auto')
      .describe('What computes: auto is TensorFlow’s native library where installed, else WebAssembly.'),
    workers: z
      .union([z.literal('auto'), z.number().int().min(1)])
      .default('auto')
      .describe('Threads that compute, at most two; auto is one a processor. Not part of the result.'),
    memoryMb: z
      .number()
      .int()
      .min(100)
      .default(3500)
      .describe('What a worker may use: a WebAssembly memory ends at 4096. Not part of the result.'),
  })
  .refine(({ mode, boxWeight }) => mode !== 'cut' || boxWeight === 1, {
    path: ['boxWeight'],
    message: '`mode: cut` has neither cycle nor identity that pixels could weigh in: leave `boxWeight` out',
  });
export type CycleGanParams = z.infer<typeof cycleGanParams>;

/** γ as it stands, or by the variant. */
export function gammaOf({ mode, bayesian }: CycleGanParams): number {
  if (mode !== 'bayesian') return 0;
  return bayesian.gamma ?? (bayesian.variant === 'paper' ? 0.1 : 0);
}

/** What the params say of the networks. */
export function modelShapeOf({ mode, width, judgeWidth, blocks, bayesian }: CycleGanParams): ModelShape {
  const encoderWidth = bayesian.map === 'encoder' ? bayesian.encoderWidth : undefined;
  return { mode, width, judgeWidth, blocks, encoderWidth };
}
