import { z } from 'zod';

const stageName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]*$/,
    'A stage name starts with a letter and holds letters, digits, - and _ only.',
  );

/** A reference to another stage's output: `stage` or `stage.output`. */
const outputReference = z.string().min(1);

export const stageEntrySchema = z.strictObject({
  uses: z.string().describe('The stage kind; `pipeline stages` lists them.'),
  in: z
    .record(z.string(), z.union([outputReference, z.array(outputReference)]))
    .default({})
    .describe('Where each input comes from: `stage` or `stage.output`, or a list of them.'),
  with: z.record(z.string(), z.unknown()).default({}).describe("The stage kind's parameters."),
  seed: z
    .number()
    .int()
    .optional()
    .describe('Gives this stage random choices of its own; without it, the seed of the file decides.'),
});

/** The shape of a pipeline file, before stage kinds have looked at their parameters. */
export const pipelineFileSchema = z.strictObject({
  version: z.literal(1).describe('The version of this file format.'),
  name: z.string().min(1).optional().describe('What the pipeline is called; by default its folder.'),
  seed: z.number().int().default(0).describe('All random choices follow from it.'),
  vars: z
    .record(z.string(), z.json())
    .default({})
    .describe('Values for ${vars.NAME}; --set vars.NAME=… changes one.'),
  store: z.string().optional().describe('The folder of the store; by default .pipeline beside this file.'),
  stages: z.record(stageName, stageEntrySchema).describe('The stages by name.'),
});

export type StageEntry = z.infer<typeof stageEntrySchema>;
