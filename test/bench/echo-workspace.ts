import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A pipeline with a stage that makes a small file of each of `count` files.
 * @returns the path of its pipeline file
 */
export async function echoWorkspace(folder: string, count: number): Promise<string> {
  await mkdir(join(folder, 'in'), { recursive: true });
  for (let i = 0; i < count; i++) {
    const path = join(folder, 'in', inputName(i));
    await writeFile(path, `input ${i}`);
    // Files changed a moment ago are hashed anew, so that no change within one tick of the clock is missed.
    await utimes(path, 1_700_000_000, 1_700_000_000);
  }
  return writePipeline(folder, "each: './in/*.txt'");
}

export function inputName(index: number): string {
  return `${String(index).padStart(6, '0')}.txt`;
}

/** A pipeline with one stage of the kind `bench/echo`. @returns the path of its file */
export async function writePipeline(folder: string, params: string): Promise<string> {
  const file = join(folder, 'pipeline.yaml');
  await writeFile(
    file,
    `version: 1\nname: bench\nstages:\n  echo: { uses: bench/echo, with: { ${params} } }\n`,
  );
  return file;
}
