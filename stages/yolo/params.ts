import { z } from 'zod';
import { backendChoices } from '../lib/tensors/backend-choice.js';

const optimizerSchema = z
  .discriminatedUnion('name', [
    z.strictObject({
      name: z.literal('adam').describe('Adam with decoupled weight decay.'),
      rate: z.number().positive().default(0.002).describe('Learning rate after the warm-up.'),
      weightDecay: z.number().min(0).default(0.0005).describe('Decay of the convolutions’ kernels.'),
    }),
    z.strictObject({
      name: z.literal('sgd').describe('Stochastic gradient descent with momentum, as darknet trains.'),
      rate: z.number().positive().default(0.001).describe('Learning rate after the warm-up.'),
      momentum: z.number().min(0).max(1).default(0.9).describe('Share of the last step in the next.'),
      weightDecay: z.number().min(0).default(0.0005).describe('Decay of the convolutions’ kernels.'),
    }),
  ])
  .default({ name: 'adam', rate: 0.002, weightDecay: 0.0005 })
  .describe('How gradients become steps.');

const scheduleSchema = z
  .strictObject({
    warmup: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe('Share of the training in which the rate rises from nothing.'),
    decay: z.enum(['cosine', 'steps', 'constant']).default('cosine').describe('How the rate falls after it.'),
    final: z.number().min(0).max(1).default(0.01).describe('Cosine: the last rate, relative to the first.'),
    at: z
      .array(z.number().min(0).max(1))
      .default([0.8, 0.9])
      .describe('Steps: the shares of the training at which the rate is divided by ten.'),
  })
  .prefault({})
  .describe('The learning rate over time.');

const augmentSchema = z
  .strictObject({
    flip: z.boolean().default(true).describe('Mirror images left to right every other time.'),
    jitter: z.number().min(0).max(0.9).default(0.15).describe('Change of the aspect by up to this share.'),
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([0.7, 1.4])
      .describe('Least and largest size, relative to the image fitted into the input; placed anywhere.'),
    hue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.03)
      .describe('Turn of the hue by up to this share of the circle.'),
    saturation: z
      .number()
      .min(1)
      .default(1.4)
      .describe('Saturation changes by up to this factor either way.'),
    value: z.number().min(1).default(1.4).describe('Brightness changes by up to this factor either way.'),
  })
  .prefault({})
  .describe('How images are changed for training. Each draw is a function of seed, epoch and image.');

/** What `with` of yolo/train may say. */
export const yoloTrainParams = z.strictObject({
  cfg: z
    .string()
    .describe(
      'The network: a Darknet cfg file. Its classes, the filters before each [yolo], and with an `anchors` input the anchors, are set to fit the data; all else stays.',
    ),
  weights: z
    .string()
    .optional()
    .describe(
      'Darknet weights to start from: of this very network, or of its first layers (darknet53.conv.74).',
    ),
  inputSize: z
    .tuple([z.number().int().min(32), z.number().int().min(32)])
    .optional()
    .describe('[width, height] of the network’s input in pixels; the cfg’s own where left out.'),
  epochs: z.number().int().min(1).default(50).describe('How often each image is seen.'),
  batch: z.number().int().min(1).default(8).describe('Images a step.'),
  shards: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe(
      'Equal parts of a batch: each is normalised by itself and computed by one worker. Part of the result, as the number of workers is not.',
    ),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  augment: augmentSchema,
  averageDecay: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.98)
    .describe('The kept network is a moving average over steps with this decay; 0 keeps the last step’s.'),
  validateEvery: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe(
      'Validate, and keep the network if it is the best so far, every so many epochs and at the end.',
    ),
  patience: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Stop after so many validations without a better AP50; never where left out.'),
  backend: z
    .enum(backendChoices)
    .default('auto')
    .describe('What computes: auto is TensorFlow’s native library where installed, else WebAssembly.'),
  workers: z
    .union([z.literal('auto'), z.number().int().min(1)])
    .default('auto')
    .describe('Threads that compute, at most one a shard; auto is one a processor. Not part of the result.'),
});
export type YoloTrainParams = z.infer<typeof yoloTrainParams>;
