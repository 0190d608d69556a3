import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { crashPoints, type CrashPoint } from '../../pipeline/core/crash-point.js';
import { productRoot } from '../../pipeline/core/product-root.js';
import { GraphFolder } from './graph-folder.js';
import {
  editedGraph,
  expectedInstances,
  mended,
  randomGraph,
  randomGraphEdit,
  type CommandGraph,
} from './random-commands.js';

const program = join(productRoot(), 'dist/stages/main.js');

/** How a run is cut off: at a named point, at the N-th visit, or after a time. */
type Kill = { readonly point: CrashPoint; readonly visit: number } | { readonly afterMs: number };

const kill: fc.Arbitrary<Kill> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      point: fc.constantFrom(
        ...crashPoints.filter((point) => !/^(pin|gc|repair|fact|file-memory)-/.test(point)),
      ),
      visit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ afterMs: fc.integer({ min: 100, max: 800 }) }) },
);
const step = fc.record({
  edit: randomGraphEdit,
  kills: fc.array(kill, { minLength: 1, maxLength: 3 }),
});

/** @returns the exit code; null when it was killed */
async function run(folder: string, cut?: Kill): Promise<number | null> {
  const crashAt = cut && 'point' in cut ? `${cut.point}@${cut.visit}` : '';
  const child = spawn(process.execPath, [program, 'run', folder], {
    env: { ...process.env, DARKROOM_CRASH_AT: crashAt },
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  if (!cut || !('afterMs' in cut)) return ended;
  const timer = setTimeout(cut.afterMs).then(() => child.kill('SIGKILL'));
  const code = await ended;
  await timer;
  return code;
}

/** Programs of a killed run may go on for a moment: they are not what is tested. */
async function settled(folder: GraphFolder): Promise<void> {
  for (let before = -1, now = 0; before !== now; now = (await folder.calls()).length) {
    before = now;
    await setTimeout(60);
  }
}

/** Nothing partial is in `out/`: each folder in it is wholly one of what it may show. */
async function expectWholeViews(folder: GraphFolder, graphs: readonly CommandGraph[]): Promise<void> {
  const shown = await folder.shown();
  const possible = graphs.flatMap((graph) => expectedInstances(graph));
  const views = new Set(Object.keys(shown).map((path) => path.slice(0, path.lastIndexOf('/'))));
  // What a kill leaves between two renames begins with a dot, and is not there for people.
  for (const view of [...views].filter((path) => !path.split('/').some((part) => part.startsWith('.')))) {
    const files = Object.fromEntries(
      Object.entries(shown).flatMap(([path, content]) =>
        path.startsWith(`${view}/`) ? [[path.slice(view.length + 1), content] as const] : [],
      ),
    );
    expect(possible.filter((each) => each.folder === view).map((each) => each.files)).toContainEqual(files);
  }
}

/**
 * Random graphs, edited at random and run, and the runs killed at random: nothing partial is ever shown, what the
 * store has is not made again, and in the end all is as if from scratch.
 */
export async function checkRandomKills(numRuns: number): Promise<void> {
  expect((await stat(program)).isFile(), 'npm run build').toBe(true);
  let cutOff = 0;
  await fc.assert(
    fc.asyncProperty(randomGraph, fc.array(step, { minLength: 1, maxLength: 2 }), async (start, steps) => {
      const root = await mkdtemp(join(tmpdir(), 'darkroom-kills-'));
      try {
        const folder = new GraphFolder(root);
        const graphs = [mended(start)];
        for (const { edit, kills } of steps) {
          const graph = editedGraph(graphs.at(-1) ?? mended(start), { ...edit, node: mendedNode(edit.node) });
          graphs.push(graph);
          await folder.write(graph, false, edit.what === 'touch');
          for (const cut of [...kills, undefined]) {
            const acknowledged = await folder.acknowledged();
            const before = (await folder.calls()).length;
            const code = await run(root, cut);
            if (code === null) cutOff++;
            else expect(code).toBe(0);
            await settled(folder);
            const made = (await folder.calls()).slice(before);
            expect(made.filter((call) => acknowledged.has(call))).toEqual([]);
            await expectWholeViews(folder, graphs);
          }
          const shown = Object.fromEntries(
            expectedInstances(graph).flatMap(({ folder: place, files }) =>
              Object.entries(files).map(([name, content]) => [`${place}/${name}`, content]),
            ),
          );
          expect(await folder.shown()).toEqual(shown);
          for (const name of ['locks', 'present'])
            expect(await readdir(join(root, '.pipeline', name)), `${name} are left`).toEqual([]);
        }
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    }),
    { numRuns },
  );
  expect(cutOff, 'some runs were killed').toBeGreaterThan(0);
}

function mendedNode<T extends object>(node: T): T & { failsOn: undefined; flaky: false } {
  return { ...node, failsOn: undefined, flaky: false };
}
