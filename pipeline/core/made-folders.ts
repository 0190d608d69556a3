import { makeFolder } from './atomic-file.js';

/** Folders that a process makes once, however many files it puts into them. */
export class MadeFolders {
  readonly #made = new Map<string, Promise<void>>();

  /** Makes the folder and those above it, and their own entries durable where they are new. */
  make(folder: string): Promise<void> {
    let made = this.#made.get(folder);
    if (!made) {
      made = makeFolder(folder).catch((error: unknown) => {
        this.#made.delete(folder);
        throw error;
      });
      this.#made.set(folder, made);
    }
    return made;
  }
}
