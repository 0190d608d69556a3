import { z } from 'zod';
import { durationPattern } from '../core/duration.js';
import type { JsonValue } from '../core/json.js';
import { submitOptions } from './submit-schema.js';

const stageName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]*$/,
    'A stage name starts with a letter and holds letters, digits, - and _ only.',
  );

const axisName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]*$/,
    'The name of an axis starts with a letter and holds letters, digits, - and _ only.',
  );

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'The name of an environment variable holds letters, digits and _ only.');

/** Whatever the file can hold: the axes are looked at one by one, for better messages (matrix.ts). */
const axisValue = z.custom<JsonValue>((value) => value !== undefined);

/** A reference to another stage's output: `stage` or `stage.output`. */
const outputReference = z.string().min(1);

const durationWords = 'a length of time is a number with ms, s, m, h or d, as in 30s, 10m or 1.5h';
const duration = z
  .string({ error: durationWords })
  .regex(durationPattern, durationWords)
  .refine((text) => Number.parseFloat(text) > 0, 'a length of time is more than nothing');

/** A whole number from `least` on, with one complaint for all that is none. */
const wholeNumber = (least: number): z.ZodNumber => {
  const error = `it takes a whole number from ${least} on`;
  return z.number({ error }).int({ error }).min(least, { error });
};

const resources = z.strictObject({
  cpu: wholeNumber(1).optional().describe('CPUs that a job keeps busy.'),
  memoryMb: wholeNumber(1).optional().describe('Memory that a job needs, in MiB.'),
  gpu: wholeNumber(0).optional().describe('GPUs that a job has for itself, by CUDA_VISIBLE_DEVICES.'),
});

const retries = z.union(
  [
    wholeNumber(0),
    z.strictObject({
      count: wholeNumber(0).describe('How many more attempts follow a failed one.'),
      backoff: duration
        .optional()
        .describe('The wait before the second attempt, by default 1s; it doubles with each further one.'),
    }),
  ],
  { error: 'it takes a whole number from 0 on, or { count, backoff } as in { count: 2, backoff: 5s }' },
);

/** What Slurm is told of a stage's tasks beside its resources. */
const slurmOptions = z.strictObject({
  partition: z.string().optional().describe('The partition (sbatch --partition).'),
  time: duration
    .optional()
    .describe('The time limit of a task, as in 30m or 2h (sbatch --time); after a time-out, twice as much.'),
  account: z.string().optional().describe('Whose account pays (sbatch --account).'),
  qos: z.string().optional().describe('The quality of service (sbatch --qos).'),
  constraint: z.string().optional().describe('Features that a node must have (sbatch --constraint).'),
  gres: z
    .string()
    .optional()
    .describe(
      'Generic resources, as in gpu:a100:1 (sbatch --gres); by default gpu:N for `resources: { gpu: N }`.',
    ),
  extra: z
    .array(z.string())
    .optional()
    .describe('Further arguments of sbatch, or of the command of the submit executor.'),
});

export const stageEntrySchema = z.strictObject({
  uses: z
    .string()
    .describe('The stage kind; `pipeline stages` lists them. Or the path of one of your own: ./my-stage.ts.'),
  in: z
    .record(z.string(), z.union([outputReference, z.array(outputReference)]))
    .default({})
    .describe('Where each input comes from: `stage` or `stage.output`, or a list of them.'),
  with: z.record(z.string(), z.unknown()).default({}).describe("The stage kind's parameters."),
  matrix: z
    .record(axisName, z.union([z.array(axisValue), z.record(z.string(), axisValue)]))
    .default({})
    .describe(
      'Makes the stage once for each combination of values: AXIS: [value, …], or AXIS: { LABEL: value, … }. ${matrix.AXIS} stands for the value. An axis called seed gives the stage its seed. Stages that take from this one get the axes too, unless their input takes a list.',
    ),
  seed: z
    .union([z.number().int(), z.string().regex(/^\$\{matrix\.[^}]+\}$/, 'expected a whole number')])
    .optional()
    .describe('Gives this stage random choices of its own; without it, the seed of the file decides.'),
  resources: resources
    .optional()
    .describe(
      'What one job of the stage (all of it, or a batch of its items) needs of the machine, where it is not what its kind says.',
    ),
  executor: z
    .enum(['local'])
    .optional()
    .describe('local: also in a run on a cluster, this stage runs where the run itself does.'),
  slurm: slurmOptions.optional().describe('What the cluster is told of its tasks (`run --executor slurm`).'),
  timeout: duration
    .optional()
    .describe(
      'How long the stage may take from when its first job starts, as in 30s, 10m or 2h; then it fails.',
    ),
  retries: retries
    .optional()
    .describe('How often the stage is tried again after a failure: a number, or { count, backoff }.'),
  onFailure: z
    .enum(['stop', 'continue'])
    .default('stop')
    .describe(
      'After a failure: stop starts nothing new; continue goes on with all that does not need this stage.',
    ),
});

/** A stage of which all references are filled in. */
export const instanceEntrySchema = stageEntrySchema.extend({ seed: z.number().int().optional() });

const cache = z.strictObject({
  url: z.string().describe('file:///folder, s3://bucket/prefix or azblob://account/container/prefix.'),
  mode: z
    .enum(['read', 'read-write'])
    .default('read')
    .describe('read takes results out of it; read-write also leaves there what a run has made.'),
});

/** The shape of a pipeline file, before stage kinds have looked at their parameters. */
export const pipelineFileSchema = z.strictObject({
  version: z.literal(1).describe('The version of this file format.'),
  name: z.string().min(1).optional().describe('What the pipeline is called; by default its folder.'),
  seed: z.number().int().default(0).describe('All random choices follow from it.'),
  vars: z
    .record(z.string(), z.json())
    .default({})
    .describe(
      'Values for ${vars.NAME}; --set vars.NAME=… changes one. They may refer to one another and to ${env.NAME}.',
    ),
  env: z
    .array(variableName)
    .default([])
    .describe('The environment variables that ${env.NAME} may stand for. Their values appear in no record.'),
  store: z.string().optional().describe('The folder of the store; by default .pipeline beside this file.'),
  notify: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .optional()
    .describe(
      'A program that is called at the end of each run, with the verdict as JSON on its standard input; with arguments, a list. No shell.',
    ),
  budget: duration
    .optional()
    .describe(
      'How long a run may begin new work, as in 8h. Stages come in the order of the file, every one with its first value of the axis seed before any with the second; what is not expected to end in time is left out, and said.',
    ),
  cache: cache
    .optional()
    .describe(
      'Where results are looked for that the store does not have, and left for others. Part of no key.',
    ),
  submit: submitOptions
    .optional()
    .describe('The engine of `run --executor submit`: its name, or the command that it takes tasks with.'),
  stages: z.record(stageName, stageEntrySchema).describe('The stages by name.'),
});

export type SlurmOptions = z.infer<typeof slurmOptions>;
export type StageEntry = z.infer<typeof stageEntrySchema>;
export type InstanceEntry = z.infer<typeof instanceEntrySchema>;
