import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';

const program = join(productRoot(), 'dist/stages/main.js');
const count = 500;
const stage = (name: string, glob: string): string => `  ${name}:
    uses: command
    with:
      each: '${glob}'
      run: [sh, -c, 'echo {stem} >> made; tr a-z A-Z < {input} > {output}']
      outputs: '{stem}'
`;

describe('two runs of a 500-item pipeline at once', () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-two-runs-'));
    await mkdir(join(folder, 'in'));
    for (let i = 0; i < count; i++)
      await writeFile(join(folder, 'in', `${String(i).padStart(3, '0')}.txt`), `content ${i}`);
    await writeFile(
      join(folder, 'pipeline.yaml'),
      `version: 1\nname: x\nstages:\n${stage('all', 'in/*.txt')}`,
    );
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  function start(file: string): { child: ChildProcess; ended: Promise<number | null>; out: () => string } {
    const child = spawn(process.execPath, [program, 'run', join(folder, file)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    let out = '';
    child.stdout?.on('data', (data: Buffer) => (out += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, ended, out: () => out };
  }
  const made = async (): Promise<string[]> =>
    (await readFile(join(folder, 'made'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const everything = Array.from({ length: count }, (_, i) => String(i).padStart(3, '0'));

  it('makes each item once, and both succeed', async () => {
    const runs = [start('pipeline.yaml'), start('pipeline.yaml')];
    expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0]);
    expect((await made()).sort()).toEqual(everything);
    expect(runs.map(({ out }) => out()).join()).toMatch(
      /~ all {2}waits for pid \d+ on \S+, which makes the same/,
    );
    expect((await readdir(join(folder, 'out/all'))).filter((name) => !name.startsWith('.'))).toHaveLength(
      count,
    );
  });

  it('makes each item once when the two have only some items in common', async () => {
    await writeFile(join(folder, '1.yaml'), `version: 1\nname: y\nstages:\n${stage('low', 'in/[0-3]*.txt')}`);
    await writeFile(
      join(folder, '2.yaml'),
      `version: 1\nname: z\nstages:\n${stage('high', 'in/[1-4]*.txt')}`,
    );
    expect(await Promise.all([start('1.yaml').ended, start('2.yaml').ended])).toEqual([0, 0]);
    expect((await made()).sort()).toEqual(everything);
  });

  it('goes on by itself when the one that worked is killed', async () => {
    const first = start('pipeline.yaml');
    while ((await made()).length < 50) await setTimeout(5);
    const second = start('pipeline.yaml');
    while (!second.out().includes('waits for pid')) await setTimeout(5);
    first.child.kill('SIGKILL');
    expect(await second.ended).toBe(0);
    const lines = await made();
    expect([...new Set(lines)].sort()).toEqual(everything);
    // Only what was under way at the kill is made again.
    expect(lines.length - count).toBeLessThanOrEqual(8);
  });
});
