import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { concurrently } from '../../pipeline/core/concurrently.js';
import { defineMapStage } from '../../pipeline/stage/definition.js';

const paramsSchema = z.strictObject({
  each: z.string().optional().describe('One item for each file that this pattern matches'),
  count: z.number().int().nonnegative().default(0).describe('This many items without a file'),
});

interface EchoItem {
  readonly id: string;
  readonly content: string;
}

/** A stage kind whose items cost next to nothing: what a run of it takes is the engine's own cost. */
export const echoStage = defineMapStage<z.infer<typeof paramsSchema>, EchoItem>({
  kind: 'bench/echo',
  summary: 'Makes a small file for each item.',
  revision: 1,
  params: paramsSchema,
  inputs: {},
  outputs: { files: { type: 'files', description: 'A small file for each item' } },
  seeded: () => false,
  sources: ({ each }) =>
    each === undefined ? [] : [{ role: 'each', pattern: each, required: true, param: ['each'], named: true }],
  async *items({ params, sources }) {
    for (const { name, digest } of sources('each')) yield { id: name, content: digest };
    for (let i = 0; i < params.count; i++) yield { id: `item-${i}`, content: String(i) };
  },
  itemKey: ({ content }) => content,
  batchSize: () => 64,
  async runBatch(items, context) {
    // Items that are committed at once share the waiting for the disk.
    await concurrently(items.entries(), 32, async ([index, item]) => {
      const path = join(context.batchDirectory, String(index));
      writeFileSync(path, item.content);
      await context.commit(item, { files: { [`${item.id}.out`]: path } });
    });
  },
  async collect(results, context) {
    const output = context.output('files');
    for await (const { files } of results) for (const file of files) output.reference(file.path, file);
  },
});
