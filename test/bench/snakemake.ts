import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { median } from './bench.js';
import { timedProcess } from './timed-process.js';

const snakefile = (count: number): string => `
names = [f"{i:05d}" for i in range(${count})]
rule all:
    input: expand("out/{name}.out", name=names)
rule echo:
    input: "in/{name}.txt"
    output: "out/{name}.out"
    shell: "cp {input} {output}"
`;

/**
 * Seconds that snakemake takes to find that there is nothing to do for as many files; undefined where it is not
 * installed. The outputs are laid down after the inputs in `in/`, as a finished run leaves them.
 */
export async function snakemakeNothingToDo(folder: string, count: number): Promise<number | undefined> {
  const installed = await execa('snakemake', ['--version'], { reject: false });
  if (installed.exitCode !== 0) return undefined;
  await mkdir(join(folder, 'out'), { recursive: true });
  for (let i = 0; i < count; i++)
    await writeFile(join(folder, 'out', `${String(i).padStart(5, '0')}.out`), String(i));
  await writeFile(join(folder, 'Snakefile'), snakefile(count));
  const times: number[] = [];
  for (let i = 0; i < 3; i++)
    times.push((await timedProcess('snakemake', ['--cores', '1', '--quiet'], folder)).seconds);
  return median(times);
}
