import { z } from 'zod';
import type { JsonValue } from '../core/json.js';

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
});

/** A stage of which all references are filled in. */
export const instanceEntrySchema = stageEntrySchema.extend({ seed: z.number().int().optional() });

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
  stages: z.record(stageName, stageEntrySchema).describe('The stages by name.'),
});

export type StageEntry = z.infer<typeof stageEntrySchema>;
export type InstanceEntry = z.infer<typeof instanceEntrySchema>;
