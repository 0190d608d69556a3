import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';

const program = join(productRoot(), 'dist/stages/main.js');

describe('pipeline run, killed with SIGKILL', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-kill-'));
    await mkdir(join(folder, 'in'));
    for (let i = 10; i < 40; i++) await writeFile(join(folder, 'in', `${i}.txt`), `content ${i}`);
    await writeFile(
      join(folder, 'pipeline.yaml'),
      `version: 1
stages:
  slow:
    uses: command
    with:
      each: in/*.txt
      run: [sh, -c, 'echo {stem} >> started; sleep 0.05; tr a-z A-Z < {input} > {output}; echo {stem} >> ended']
      outputs: '{stem}.out'
`,
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lines = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

  it('never shows anything partial, and makes no acknowledged item again', async () => {
    for (const atItems of [5, 12, 20]) {
      const run = spawn(process.execPath, [program, 'run', folder], { stdio: 'ignore' });
      while ((await lines('ended')).length < atItems) await setTimeout(5);
      run.kill('SIGKILL');
      await new Promise((resolve) => run.once('exit', resolve));
      await expect(readdir(join(folder, 'out'))).rejects.toThrow('ENOENT');
      await setTimeout(200);
    }
    const run = spawn(process.execPath, [program, 'run', folder], { stdio: 'ignore' });
    expect(await new Promise((resolve) => run.once('exit', resolve))).toBe(0);
    const names = (await readdir(join(folder, 'out/slow'))).filter((name) => name.endsWith('.out'));
    expect(names).toHaveLength(30);
    for (const name of names)
      expect(await readFile(join(folder, 'out/slow', name), 'utf8')).toBe(`CONTENT ${name.slice(0, 2)}`);
    // At each of the three kills, at most the items under way on all cores are made twice.
    const repeated = (await lines('started')).length - 30;
    expect(repeated).toBeLessThanOrEqual(3 * 8);
  });
});
