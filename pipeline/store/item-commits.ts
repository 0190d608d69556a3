import { closeSync, fchmodSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { digestOfBytes, digestOfFile } from '../core/digest.js';
import { diskFailure, writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { MadeFolders } from '../core/made-folders.js';
import { PendingFile, syncFolders } from '../core/pending-file.js';
import type { JsonValue } from '../core/json.js';
import type { ArtifactFile } from '../stage/artifact.js';
import type { Blobs, StoredContent } from './blobs.js';
import type { CacheKey, ItemKeyParts } from './key-parts.js';
import { itemRecordText, type ItemRecord, type Records } from './records.js';

/** Open at once for one group, of the thousand files that a process may have open. */
const groupFiles = 128;
/** Reading and hashing more than this would keep everything else waiting. */
const inLineBytes = 2 ** 19;
/** A local disk names an item's files in a fraction of a millisecond. Where it takes longer, nobody waits in line. */
const slowMsPerItem = 2;
/** On a slow disk, so many items go the other way before the disk is tried again. */
const itemsApart = 256;

/** A finished item as its stage hands it in. */
export interface FinishedItem {
  readonly key: CacheKey;
  readonly parts: ItemKeyParts;
  /** Name in the artifact → absolute path; the file is moved away from there. */
  readonly files: Readonly<Record<string, string>>;
  readonly value: JsonValue;
  /** False for one that gets no record: its contents are kept for the stage's own record alone. */
  readonly lasting?: boolean;
}

interface Commit {
  readonly item: FinishedItem;
  readonly resolve: (files: readonly ArtifactFile[]) => void;
  readonly reject: (error: unknown) => void;
}

/** An item on its way: what lies aside for it, its contents first and its record last. */
interface Draft extends Commit {
  readonly files: ArtifactFile[];
  readonly pending: PendingFile[];
  failed: boolean;
}

/**
 * Takes finished items into the store. Those that are finished while others are being kept are kept together: their
 * contents and records are written aside, synced side by side, get their names, a record after its contents, and
 * share the syncs of the folders. Nobody is told that an item is kept before all of that is on the disk.
 */
export class ItemCommits {
  readonly #blobs: Blobs;
  readonly #records: Records;
  readonly #folders = new MadeFolders();
  #waiting: Commit[] = [];
  #isAtWork = false;
  #apart = 0;

  constructor(blobs: Blobs, records: Records) {
    this.#blobs = blobs;
    this.#records = records;
  }

  /**
   * Takes an item's files, moved away from their places, and writes its record. When this returns, not even a crash
   * loses the item.
   * @throws DiskError naming the path when the disk is full or fails
   */
  keep(item: FinishedItem): Promise<readonly ArtifactFile[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isAtWork) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    try {
      // Who finishes in the same moment comes along.
      for (await nextTurn(); this.#waiting.length > 0; await nextTurn()) {
        const group = this.#nextGroup();
        if (this.#apart > 0) await this.#keepApart(group);
        else await this.#keepTogether(group);
      }
    } finally {
      this.#isAtWork = false;
    }
  }

  #nextGroup(): readonly Commit[] {
    let count = 0;
    let files = 0;
    for (const { item } of this.#waiting) {
      files += Object.keys(item.files).length + 1;
      if (count > 0 && files > groupFiles) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #keepTogether(group: readonly Commit[]): Promise<void> {
    const drafts = group.map((commit): Draft => ({ ...commit, files: [], pending: [], failed: false }));
    await Promise.all(drafts.map((draft) => step(draft, () => this.#prepare(draft))));
    await Promise.all(drafts.map((draft) => step(draft, () => sync(draft.pending))));
    let slow = 0;
    for (const draft of drafts) {
      const beganMs = performance.now();
      await step(draft, () => this.#publish(draft.pending));
      if (performance.now() - beganMs > slowMsPerItem) slow++;
    }
    // A few are slow wherever the processor is busy with something else.
    if (slow > drafts.length / 2) this.#apart = itemsApart;

    const kept = drafts.filter(({ failed }) => !failed);
    try {
      await syncFolders(kept.flatMap(({ pending }) => pending.map(({ folder }) => folder)));
    } catch (error) {
      for (const { reject, pending } of kept) reject(diskFailure(error, pending.at(-1)?.folder ?? ''));
      return;
    }
    for (const { resolve, files } of kept) resolve(files);
  }

  /** Hashes an item's files and writes its record aside. */
  async #prepare({ item, files, pending }: Draft): Promise<void> {
    for (const [name, path] of Object.entries(item.files)) {
      const { content, file } = await this.#open(path);
      files.push({ path: name, ...content });
      if (file) pending.push(file);
    }
    if (item.lasting === false) return;
    const path = this.#records.path(item.key);
    const text = itemRecordText(recordOf(item, files));
    await writing(path, async () => {
      await this.#folders.make(dirname(path));
      pending.push(PendingFile.write(path, text, 'item-record'));
    });
  }

  /** @returns the file on its way to its place among the contents, unless the same content is there already */
  async #open(path: string): Promise<{ readonly content: StoredContent; readonly file?: PendingFile }> {
    const descriptor = openSync(path, 'r');
    let file: PendingFile | undefined;
    try {
      const sizeBytes = fstatSync(descriptor).size;
      const digest =
        sizeBytes <= inLineBytes ? digestOfBytes(readFileSync(descriptor)) : await digestOfFile(path);
      const content = { digest, sizeBytes };
      const place = this.#blobs.path(digest);
      if (this.#blobs.hasInLine(content)) {
        rmSync(path);
        return { content };
      }
      await writing(place, async () => {
        await this.#folders.make(dirname(place));
        fchmodSync(descriptor, 0o444);
      });
      file = PendingFile.adopt(path, descriptor, place, 'blob');
      return { content, file };
    } finally {
      if (!file) closeSync(descriptor);
    }
  }

  /** Contents first: a kill in between leaves no record without them. */
  async #publish(pending: readonly PendingFile[]): Promise<void> {
    for (const file of pending)
      await writing(file.path, async () => {
        try {
          file.publish();
        } catch (error) {
          // The stage made it on another disk.
          if (file.kind !== 'blob' || !hasErrorCode(error, 'EXDEV')) throw error;
          await this.#blobs.take(file.aside);
        }
      });
  }

  /** Each for itself, through the thread pool: what a slow disk takes long for, it does side by side. */
  async #keepApart(group: readonly Commit[]): Promise<void> {
    this.#apart -= group.length;
    await Promise.all(
      group.map(async ({ item, resolve, reject }) => {
        try {
          const files: ArtifactFile[] = [];
          for (const [path, absolute] of Object.entries(item.files))
            files.push({ path, ...(await this.#blobs.take(absolute)) });
          if (item.lasting !== false) await this.#records.write(item.key, recordOf(item, files));
          resolve(files);
        } catch (error) {
          reject(error);
        }
      }),
    );
  }
}

/** One step with one item; when it fails, the item's commit does, and the others go on. */
async function step(draft: Draft, work: () => Promise<void>): Promise<void> {
  if (draft.failed) return;
  try {
    await work();
  } catch (error) {
    draft.failed = true;
    for (const file of draft.pending) file.discard();
    draft.reject(error);
  }
}

/** Waits for all, also when one fails: until then the others are in use. */
async function sync(pending: readonly PendingFile[]): Promise<void> {
  const outcomes = await Promise.allSettled(pending.map((file) => writing(file.path, () => file.sync())));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function recordOf({ parts, value }: FinishedItem, files: readonly ArtifactFile[]): ItemRecord {
  return { version: 1, action: 'item', parts, files, value, finishedAt: new Date().toISOString() };
}
