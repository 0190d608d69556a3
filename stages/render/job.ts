import { z } from 'zod';
import { frameRecordSchema } from '../lib/dataset/frame-record.js';

const jsonObject = z.record(z.string(), z.json());

/** One frame as Blender gets it: all that its pixels depend on, all choices made. */
export const jobFrameSchema = z
  .strictObject({
    id: z.string().describe('Its files are called after it.'),
    seed: z.number().int().min(0).describe('Names the streams of all procedural detail.'),
    group: z.string().describe('Identifies the scene variation: the same group in two splits is a leak.'),
    width: z.number().int().min(1),
    height: z.number().int().min(1),
    engine: z.strictObject({
      name: z.enum(['cycles', 'eevee', 'workbench']),
      samples: z.number().int().min(1),
      bounces: z.number().int().min(0),
      device: z.enum(['cpu', 'cuda', 'optix', 'hip', 'oneapi', 'metal']),
      denoise: z.boolean(),
      adaptiveThreshold: z.number().min(0).describe('0: every pixel gets all samples.'),
      persistentData: z.boolean().describe('Keeps the scene between frames of one variation.'),
    }),
    passes: z.strictObject({ depth: z.boolean(), normals: z.boolean() }),
    parameters: jsonObject.describe('Arguments of the build() of the scene.'),
    cameras: z.array(jsonObject).min(1).describe('Candidate draws; the first that holds is taken.'),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe('Goes into the record of the frame as it is.'),
  })
  .describe('One frame');
export type JobFrame = z.infer<typeof jobFrameSchema>;

/** What one Blender process is asked for. blender/job.schema.json is made of this; contract.py reads it. */
export const jobSchema = z
  .strictObject({
    version: z.literal(1),
    scene: z.string().describe('Absolute path of a .py or .blend file.'),
    outputDirectory: z.string().describe('Where the files of the frames go.'),
    resultsFile: z.string().describe('Gets a JSON line for everything that happens.'),
    outputFile: z.string().describe('Gets what Blender prints.'),
    viewerNodes: z.boolean().describe('Whether this build runs Viewer nodes in the background.'),
    residentLimitMb: z.number().describe('A process that has more after a frame ends.'),
    frames: z.array(jobFrameSchema),
  })
  .describe('A job for blender/main.py');
export type Job = z.infer<typeof jobSchema>;

/** A line of the results file, in the order of what happened. */
export const resultLineSchema = z.discriminatedUnion('event', [
  /** The scene is loaded and the parameters fit. */
  z.object({ event: z.literal('ready') }),
  /** Nothing of this job can be rendered. */
  z.object({ event: z.literal('fatal'), message: z.string(), details: z.array(z.string()) }),
  /** A process that ends without another line for this frame died of it. */
  z.object({ event: z.literal('started'), id: z.string() }),
  /** The files of the frame are complete under their names. */
  z.object({
    event: z.literal('finished'),
    id: z.string(),
    record: frameRecordSchema,
    notes: z.array(z.string()),
    seconds: z.number(),
    residentMb: z.number(),
  }),
  /** The scene raised, Blender left no image, or it printed an error while it rendered. */
  z.object({
    event: z.literal('failed'),
    id: z.string(),
    error: z.string(),
    place: z.string().nullable(),
    traceback: z.array(z.string()),
  }),
  /** The process has grown too large and ends; a fresh one is to go on. */
  z.object({ event: z.literal('recycled'), residentMb: z.number() }),
  /** A sign of life. */
  z.object({ event: z.literal('alive'), residentMb: z.number() }),
]);
export type ResultLine = z.infer<typeof resultLineSchema>;
