import { open } from 'node:fs/promises';
import { resultLineSchema, type ResultLine } from './job.js';

/** Reads the lines that Blender has added to its results file since the last look. A half-written line waits. */
export class ResultsTail {
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(readonly path: string) {}

  /** @throws ZodError when a line is not what a results line is */
  async read(): Promise<ResultLine[]> {
    const handle = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!handle) return [];
    try {
      const { size } = await handle.stat();
      if (size <= this.#offset) return [];
      const added = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(added, 0, added.length, this.#offset);
      this.#offset += bytesRead;
      this.#rest = Buffer.concat([this.#rest, added.subarray(0, bytesRead)]);
    } finally {
      await handle.close();
    }
    const end = this.#rest.lastIndexOf(0x0a);
    if (end < 0) return [];
    const lines = this.#rest.subarray(0, end).toString('utf8').split('\n');
    this.#rest = this.#rest.subarray(end + 1);
    return lines.map((line) => resultLineSchema.parse(JSON.parse(line)));
  }
}
