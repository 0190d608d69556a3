import { z } from 'zod';

const word = z.union([z.string(), z.array(z.string()).min(1)]);
const words = z.array(word).min(1);

/** The engines that the program has a template for. */
export const engineNames = ['lsf', 'pbs', 'sge', 'flamenco', 'opencue', 'kubernetes'] as const;
const engine = z.enum(engineNames);

const shape = z.strictObject({
  engine: engine.optional().describe('Whose template is taken; what else stands here replaces parts of it.'),
  command: words
    .optional()
    .describe(
      'The command that hands one task to the engine, word by word, with {script}, {index} and other {names}. A list among the words is left out when a name in it stands for nothing.',
    ),
  id: z
    .string()
    .optional()
    .describe('What the command prints: a regular expression whose first group is the job’s id.'),
  list: words
    .optional()
    .describe(
      'A command that prints the ids of the jobs that wait or run. Without one, the tasks’ files alone say what lives.',
    ),
  cancel: words
    .optional()
    .describe('A command that ends the job {id}. Without one, tasks end by themselves within ten seconds.'),
  document: z
    .string()
    .optional()
    .describe('A file that is filled in for each task and handed to the command as {document}.'),
  values: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further {names} for the words and the document, as in { image: registry/darkroom:1 }.'),
  program: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('How nodes start the program where it is not as here: [node, /opt/darkroom/main.js].'),
  atOnce: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('At most so many tasks wait and run at once; by default 200.'),
});

/** `submit:` of the pipeline file: an engine that has a command to submit with. */
export const submitOptions = z
  .union([engine, shape], {
    error: `it takes the name of an engine (${engineNames.join(', ')}), or { engine, command, … }`,
  })
  .transform((value) => (typeof value === 'string' ? shape.parse({ engine: value }) : value));

export type SubmitOptions = z.output<typeof shape>;
export type EngineName = (typeof engineNames)[number];
