import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Stand-ins for programs: a folder for the PATH whose programs write down how they were called. */
export class ShimPrograms {
  readonly folder: string;
  readonly #log: string;

  constructor(root: string) {
    this.folder = join(root, 'shims');
    this.#log = join(root, 'calls.log');
  }

  /** Adds a program that logs its name and arguments and then runs `script` (sh; the calls are not real). */
  async add(name: string, script = ''): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, name);
    await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${this.#log}'\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** Adds the computer's own program of this path. */
  async addReal(name: string, path: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await symlink(path, join(this.folder, name));
  }

  /** A line for each call so far: `apt-get -qq update`. */
  async calls(): Promise<readonly string[]> {
    const text = await readFile(this.#log, 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }
}
