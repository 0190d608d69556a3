import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import {
  edited,
  evaluate,
  fileText,
  randomEdit,
  randomPipeline,
  type RandomPipeline,
} from '../../support/random-pipeline.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);

async function writeInto(workspace: Workspace, pipeline: RandomPipeline, reversed: boolean): Promise<void> {
  await workspace.write('pipeline.yaml', fileText(pipeline, reversed));
  for (const [index, content] of pipeline.sources.entries())
    await workspace.write(`in/f${index}`, String(content));
}

/** Everything that `out/` shows of the pipeline's stages. */
async function shownOutputs(workspace: Workspace, pipeline: RandomPipeline): Promise<object> {
  const shown: Record<string, Record<string, Record<string, string>>> = {};
  for (const { name, outputs } of evaluate(pipeline)) {
    const stage: Record<string, Record<string, string>> = (shown[name] = {});
    for (const output of Object.keys(outputs)) {
      const folder = join('out', name, Object.keys(outputs).length > 1 ? output : '.');
      const files: Record<string, string> = (stage[output] = {});
      for (const file of await workspace.list(folder))
        files[file] = await readFile(workspace.path(folder, file), 'utf8');
    }
  }
  return shown;
}

it('after any edits, a run gives what a run from scratch gives, and runs only what was never made', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomPipeline,
      fc.array(fc.tuple(randomEdit, fc.boolean()), { minLength: 1, maxLength: 4 }),
      async (start, edits) => {
        const workspace = await Workspace.create({}, registry);
        const everMade = new Set<string>();
        let pipeline = start;
        for (const [edit, reversed] of [[undefined, false] as const, ...edits]) {
          if (edit) pipeline = edited(pipeline, edit);
          await writeInto(workspace, pipeline, reversed);
          const expected = evaluate(pipeline);
          const { stages, error } = await workspace.run();
          expect(error).toBe('');

          const made = expected
            .filter(({ name }) => stages[name] === 'succeeded')
            .map(({ identity }) => identity);
          const needed = new Set(
            expected.map(({ identity }) => identity).filter((each) => !everMade.has(each)),
          );
          expect(made.sort()).toEqual([...needed].sort());
          for (const { name } of expected) expect(['succeeded', 'reused']).toContain(stages[name]);
          for (const identity of needed) everMade.add(identity);

          const outputs = Object.fromEntries(expected.map((each) => [each.name, each.outputs]));
          expect(await shownOutputs(workspace, pipeline)).toEqual(outputs);
        }
        const scratch = await Workspace.create({}, registry);
        await writeInto(scratch, pipeline, false);
        await scratch.run();
        expect(await shownOutputs(scratch, pipeline)).toEqual(await shownOutputs(workspace, pipeline));
      },
    ),
    { numRuns: 10 },
  );
}, 60_000);
