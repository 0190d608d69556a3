import { execa } from 'execa';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { Workspace } from '../support/workspace.js';

const program = join(productRoot(), 'dist/stages/main.js');

interface Answer {
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function call(workspace: Workspace, ...words: readonly string[]): Promise<Answer> {
  const [command = '', ...rest] = words;
  return execa(process.execPath, [program, command, workspace.directory, ...rest], { reject: false });
}

/** A run of two seconds that goes on by itself. @returns the workspace, and its process */
async function detached(seconds: number): Promise<{ readonly workspace: Workspace; readonly pid: number }> {
  const workspace = await Workspace.create({
    'pipeline.yaml': `version: 1
stages:
  slow: { uses: command, with: { run: [sh, -c, 'echo begun; sleep ${seconds}; echo done > {output}'], outputs: n } }
`,
  });
  const { exitCode, stdout } = await call(workspace, 'run', '--detach');
  expect(exitCode).toBe(0);
  const pid = Number(/goes on by itself: process (\d+)/.exec(stdout)?.[1]);
  expect(pid).toBeGreaterThan(1);
  return { workspace, pid };
}

it('a detached run goes on without its terminal, and attach shows all of it', async () => {
  const { workspace } = await detached(2);
  const { exitCode, stdout } = await call(workspace, 'attach');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/> slow .*\+ slow .*succeeded in/s);
  expect(await workspace.read('out/slow/n')).toBe('done\n');
});

it('attach --end ends it', async () => {
  const { workspace } = await detached(60);
  const { exitCode, stdout } = await call(workspace, 'attach', '--end');
  expect(exitCode).toBe(130);
  expect(stdout).toContain('interrupted');
});

it('attach says so when its process is gone', async () => {
  const { workspace, pid } = await detached(60);
  process.kill(pid, 'SIGKILL');
  const { exitCode, stderr } = await call(workspace, 'attach');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/The process of .* is gone, and the run has no end\.\n.*`pipeline run` goes on/s);
});

it('what is wrong is said at once, and nothing is left of it', async () => {
  const workspace = await Workspace.create({
    'pipeline.yaml': 'version: 1\nstages: { a: { uses: comand } }\n',
  });
  const { exitCode, stderr } = await call(workspace, 'run', '--detach');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Did you mean command?');
});
