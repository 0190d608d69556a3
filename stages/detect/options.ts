import { z } from 'zod';
import { detectParams } from './params.js';

const { nms, maxDetections, resize, batch, runtime, backend } = detectParams.shape;

/** What `pipeline detect` takes beside its inputs. */
export const detectOptions = z.strictObject({
  model: z
    .string()
    .optional()
    .describe(
      'the detector: a folder such as out/detector, or the STAGE that made it, as in "my-rooms detector"',
    ),
  cfg: z.string().optional().describe('instead of --model: a Darknet cfg, with --weights and --names'),
  weights: z.string().optional().describe('Darknet weights'),
  names: z.string().optional().describe('a file with the name of a class in each line'),
  threshold: z.number().min(0).max(1).default(0.25).describe('least score of what is reported'),
  nms: nms.describe('overlap from which the weaker of two boxes goes'),
  max: maxDetections.describe('at most so many an image'),
  resize: resize.describe('how images are shrunk; darknet for its own figures'),
  batch: batch.describe('images that the network sees at once; more is faster on a GPU'),
  runtime: runtime.describe('TensorFlow.js, or ONNX Runtime on the CPU'),
  backend: backend.describe('of TensorFlow.js'),
  out: z.string().optional().describe('write the results to this file, .json, or .csv for a table; without --out, --coco and --draw they are printed'), // prettier-ignore
  coco: z.string().optional().describe("write COCO's results to this file, and its images beside it"),
  draw: z
    .string()
    .optional()
    .describe('draw the boxes into copies in this folder; films become .mp4. What is in it is no input'),
  every: z.number().int().min(1).default(1).describe('of films, look at every so many-th frame only'),
});
export type DetectOptions = z.output<typeof detectOptions>;
