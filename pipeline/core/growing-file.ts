import { open } from 'node:fs/promises';
import { hasErrorCode } from './error-code.js';

/** A text file that somebody else writes to: each call gives the lines that were added since the last one. */
export class GrowingFile {
  #offset = 0;

  constructor(readonly path: string) {}

  /**
   * @param isComplete nobody writes to it any more: an unfinished last line counts, too
   * @returns none when the file is not there (yet)
   */
  async newLines(isComplete: boolean): Promise<readonly string[]> {
    const added = await readFrom(this.path, this.#offset);
    const whole = isComplete ? added.length : added.lastIndexOf(10) + 1;
    this.#offset += whole;
    const text = added.subarray(0, whole).toString('utf8');
    return text === '' ? [] : text.replace(/\n$/, '').split('\n');
  }
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  let handle;
  try {
    handle = await open(path, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  } finally {
    await handle?.close();
  }
}
