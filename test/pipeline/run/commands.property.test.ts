import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GraphFolder } from '../../support/graph-folder.js';
import {
  editedGraph,
  expectedInstances,
  mended,
  randomGraph,
  randomGraphEdit,
  type CommandGraph,
  type ExpectedInstance,
} from '../../support/random-commands.js';
import { Workspace } from '../../support/workspace.js';

type Outcome = Awaited<ReturnType<Workspace['run']>>;
const reached = (outcome: Outcome, { name }: ExpectedInstance): boolean =>
  ['succeeded', 'reused'].includes(outcome.stages[name] ?? '');

/** What holds after every run, whatever failed in it. */
async function checkRun(
  folder: GraphFolder,
  expected: readonly ExpectedInstance[],
  outcome: Outcome,
  keepGoing: boolean,
): Promise<void> {
  const shown = await folder.shown();
  for (const instance of expected) {
    if (reached(outcome, instance)) {
      expect(instance.state, `${instance.name} cannot have been made`).toBe('fine');
      for (const [name, content] of Object.entries(instance.files))
        expect(shown[`${instance.folder}/${name}`], `${instance.folder}/${name}`).toBe(content);
    } else expect(['failed', 'blocked', undefined]).toContain(outcome.stages[instance.name]);
  }
  const failing = expected.filter(({ name }) => outcome.stages[name] === 'failed');
  for (const { state, policy, name } of failing)
    expect(state === 'fails' || policy.flaky, `${name} fails for a reason`).toBe(true);
  const allReached = expected.every((instance) => reached(outcome, instance));
  expect(outcome.exitCode).toBe(allReached ? 0 : 1);
  // Where a failure stops nothing, all that can be made is made, but for what a program refused the first time.
  const stops = failing.some(({ policy }) => policy.onFailure === 'stop');
  if ((keepGoing || !stops) && !expected.some(({ policy }) => policy.flaky))
    for (const instance of expected) expect(reached(outcome, instance)).toBe(instance.state === 'fine');
}

it('whatever is edited, fails, stops or goes on: each call once, only what is needed, and in the end as from scratch', async () => {
  const step = fc.record({
    edit: randomGraphEdit,
    reversed: fc.boolean(),
    keepGoing: fc.boolean(),
    jobs: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(randomGraph, fc.array(step, { minLength: 1, maxLength: 4 }), async (start, steps) => {
      const workspace = await Workspace.create({});
      const folder = new GraphFolder(workspace.directory);
      let graph: CommandGraph = start;
      const plain = { edit: undefined, reversed: false, keepGoing: false, jobs: 2 };
      for (const { edit, reversed, keepGoing, jobs } of [plain, ...steps]) {
        if (edit) graph = editedGraph(graph, edit);
        await folder.write(graph, reversed, edit?.what === 'touch');
        const expected = expectedInstances(graph);
        const before = await folder.calls();
        const outcome = await workspace.run('--jobs', String(jobs), ...(keepGoing ? ['--keep-going'] : []));
        await checkRun(folder, expected, outcome, keepGoing);
        const made = (await folder.calls()).slice(before.length);
        const wanted = new Set(expected.flatMap(({ calls }) => calls));
        expect(made.filter((call) => before.includes(call) || !wanted.has(call))).toEqual([]);
        expect(new Set(made).size).toBe(made.length);
      }

      graph = mended(graph);
      await folder.write(graph, false, false);
      const expected = expectedInstances(graph);
      expect((await workspace.run()).exitCode).toBe(0);
      const scratch = await Workspace.create({});
      await new GraphFolder(scratch.directory).write(graph, true, false);
      await scratch.run();
      const shown = await folder.shown();
      expect(shown).toEqual(await new GraphFolder(scratch.directory).shown());
      expect(shown).toEqual(
        Object.fromEntries(
          expected.flatMap(({ folder: place, files }) =>
            Object.entries(files).map(([name, content]) => [`${place}/${name}`, content]),
          ),
        ),
      );
      expect((await workspace.run()).events.filter(({ type }) => type === 'stage-started')).toEqual([]);
    }),
    { numRuns: 12 },
  );
}, 120_000);
