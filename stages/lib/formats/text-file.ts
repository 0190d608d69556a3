import { appendFile, writeFile } from 'node:fs/promises';

/** Characters that are gathered before they go to the file. */
const chunkChars = 1 << 18;

/** A text file that grows line by line; no handle stays open between writes. */
export class TextFile {
  #pending = '';
  #begun = false;

  constructor(readonly path: string) {}

  async append(text: string): Promise<void> {
    this.#pending += text;
    if (this.#pending.length >= chunkChars) await this.finish();
  }

  /** Writes what is left; a file that nothing was appended to is empty. */
  async finish(): Promise<void> {
    const chunk = this.#pending;
    this.#pending = '';
    if (this.#begun) await appendFile(this.path, chunk);
    else await writeFile(this.path, chunk);
    this.#begun = true;
  }
}
