import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf, TestCluster } from '../support/slurm-cluster.js';
import { ShimPrograms } from '../support/shim-programs.js';
import { Workspace } from '../support/workspace.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.up();
});
afterAll(() => cluster.down());

/** How often it was called, in $n, and then the real program. */
const counted = (name: string, outage: string): string => `
count="$(dirname "$0")/${name}.count"; n=$(($(cat "$count" 2>/dev/null || echo 0) + 1)); echo $n >"$count"
${outage}
exec /usr/bin/${name} "$@"`;
const unreachable = 'echo "error: Unable to contact slurm controller (connect failure)" >&2; exit 1';

it('a controller that does not answer, or whose answer is lost, loses nothing and gets nothing twice', async () => {
  const workspace = await Workspace.create(
    Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`in/${name}`, name])),
  );
  await workspace.write(
    'pipeline.yaml',
    `version: 1
name: outages
stages:
  copies:
    uses: command
    with:
      each: in/*
      outputs: '{stem}'
      run: [sh, -c, 'echo {stem} >> "$0/made"; sleep 1; cp {input} {output}', '${workspace.directory}']
`,
  );
  const shims = new ShimPrograms(workspace.path('outage'));
  // First it is not there; then it takes the tasks, and the answer is lost.
  const taken =
    '[ $n -ne 2 ] || { /usr/bin/sbatch "$@" >/dev/null; echo "error: Socket timed out" >&2; exit 1; }';
  await shims.add('sbatch', counted('sbatch', `[ $n -ne 1 ] || { ${unreachable}; }\n${taken}`));
  await shims.add('squeue', counted('squeue', `[ $((n % 2)) -eq 1 ] || { ${unreachable}; }`));
  const { exitCode, events } = await cluster.runWith(
    { PATH: `${shims.folder}:${process.env['PATH'] ?? ''}` },
    workspace.directory,
  ).ended;
  expect(exitCode).toBe(0);
  expect(await workspace.list('out/copies')).toEqual(['a', 'b', 'c', 'd']);
  expect([...(await linesOf(workspace.path('made')))].sort()).toEqual(['a', 'b', 'c', 'd']);
  const warnings = events.flatMap((event) => (event.type === 'stage-warning' ? [event.message] : []));
  expect(warnings.join('\n')).toContain('Slurm did not answer when tasks were submitted; trying again');
});
