import { defineMapStage } from '../../pipeline/stage/definition.js';
import { artifactTypes } from '../artifact-types.js';
import { commandItems, commandItemKey, environmentDigests } from './items.js';
import { commandParamsSchema } from './params.js';

const files = { type: 'files', description: artifactTypes.files } as const;

/** Any program as a stage. */
export const commandStage = defineMapStage({
  kind: 'command',
  summary: 'Runs any program, once or for each of many files.',
  revision: 1,
  params: commandParamsSchema,
  inputs: {
    files: {
      type: 'files',
      optional: true,
      description:
        'Files of another stage: each chooses among them; without each, {input} is a folder that holds them',
    },
  },
  outputs: { files },
  seeded: ({ run }) => run.some((word) => word.includes('{seed}')),
  sources: ({ run, each, sources }, boundInputs) => [
    ...(each === undefined || boundInputs.has('files')
      ? []
      : [{ role: 'each', pattern: each, required: true, param: ['each'], named: true }]),
    ...run.flatMap((word, index) =>
      /^\.\.?\/[^{}]*$/.test(word)
        ? [{ role: 'program', pattern: word, required: false, param: ['run', index] }]
        : [],
    ),
    ...sources.map((pattern, index) => ({
      role: 'sources',
      pattern,
      required: true,
      param: ['sources', index],
    })),
  ],
  keyParams: ({ run, each, outputs, env }) => ({
    run,
    outputs: outputs ?? null,
    mapped: each !== undefined,
    env: environmentDigests(env),
  }),
  batchSize: () => 16,
  items: commandItems,
  itemKey: commandItemKey,
  async runBatch(items, context) {
    const { runCommandItem } = await import('./run-item.js');
    for (const item of items) await runCommandItem(item, context);
  },
  async collect(results, context) {
    const output = context.output('files');
    for await (const { files: made } of results) for (const file of made) output.reference(file.path, file);
  },
});
