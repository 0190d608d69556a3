import { z } from 'zod';
import { backendChoices } from '../lib/tensors/backend-choice.js';
import { augmentSchema } from './augment-params.js';
import { lossSchema } from './loss-params.js';
import { optimizationFields } from './optimization-params.js';

const multiScaleSchema = z
  .strictObject({
    least: z.number().int().min(32).multipleOf(32).default(320).describe('Smallest longer side in pixels.'),
    most: z.number().int().min(32).multipleOf(32).default(608).describe('Largest longer side in pixels.'),
    every: z.number().int().min(1).default(10).describe('Steps of the optimizer at one size.'),
  })
  .refine(({ least, most }) => least <= most, { message: 'least comes before most', path: ['least'] })
  .describe(
    'Sizes of the input that a training goes through, by 32, as darknet’s random=1; none where left out.',
  );

const fields = z.strictObject({
  cfg: z
    .string()
    .describe(
      'The network: a Darknet cfg file, or the name of one that comes along (yolov3, yolov3-tiny, yolov3-spp, nano, mobilenet-large, mobilenet-small). Its classes, the filters before each [yolo], and with an `anchors` input the anchors, are set to fit the data; all else stays.',
    ),
  weights: z
    .union([
      z.string(),
      z.strictObject({
        url: z.url().describe('Where to fetch it.'),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 characters of 0–9 and a–f')
          .describe('The SHA-256 of the file; it stands for the file in cache keys.'),
      }),
    ])
    .optional()
    .describe(
      'Weights to start from, a path or an address with a digest: Darknet’s, of this very network or of its first layers (darknet53.conv.74); a Keras .h5 or PyTorch safetensors file of the same network, whose heads may be of other classes.',
    ),
  inputSize: z
    .tuple([z.number().int().min(32), z.number().int().min(32)])
    .optional()
    .describe('[width, height] of the network’s input in pixels; the cfg’s own where left out.'),
  ...optimizationFields,
  shards: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe(
      'Equal parts of a batch: each is normalised by itself and computed by one worker. Part of the result, as the number of workers is not.',
    ),
  loss: lossSchema,
  augment: augmentSchema,
  multiScale: multiScaleSchema.optional(),
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
  checkpointEvery: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe(
      'Write a checkpoint every so many epochs, but not within ten seconds of the last; one is also written when the run is stopped.',
    ),
  patience: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Stop after so many validations without a better AP50; never where left out.'),
  precision: z
    .enum(['float32', 'mixed'])
    .default('float32')
    .describe('mixed needs a backend that computes in 16 bits; with one that does not it is an error.'),
  backend: z
    .enum(backendChoices)
    .default('auto')
    .describe(
      'What computes: auto is the first that starts of TensorFlow’s native library with a CUDA GPU, WebGPU on a graphics card, the native library on the processor, WebAssembly.',
    ),
  workers: z
    .union([z.literal('auto'), z.number().int().min(1)])
    .default('auto')
    .describe('Threads that compute, at most one a shard; auto is one a processor. Not part of the result.'),
  processes: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe(
      'With `backend: gpu`, so many GPUs, each with a process of its own; gradients are averaged over them. With another backend, processes instead of threads. At most one a shard; not part of the result.',
    ),
});

/** What `with` of yolo/train may say. */
export const yoloTrainParams = fields.superRefine(
  ({ phases, precision, processes, shards, batch }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const tooSmall = `too few images for ${shards} shards: raise batch or lower shards`;
    const batches = phases?.map((phase) => phase.batch) ?? [];
    if (batch < shards && (batches.length === 0 || batches.includes(undefined))) refuse(['batch'], tooSmall);
    for (const [i, own] of batches.entries())
      if (own !== undefined && own < shards) refuse(['phases', i, 'batch'], tooSmall);
    if (processes > shards)
      refuse(['processes'], `more processes than the ${shards} shards: raise shards to ${processes}`);
    if (precision === 'mixed')
      refuse(['precision'], 'no tensor backend of TensorFlow.js trains in 16 bits: leave it out');
  },
);
export type YoloTrainParams = z.infer<typeof yoloTrainParams>;
