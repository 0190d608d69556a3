import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { isDigest } from '../core/digest.js';
import type { Artifact, ArtifactReader } from '../stage/artifact.js';
import { Blobs } from './blobs.js';
import { FactMemory } from './fact-memory.js';
import { FileMemory } from './file-memory.js';
import { ItemNames } from './item-names.js';
import type { CacheKey } from './key-parts.js';
import { openArtifact } from './manifest.js';
import { Records } from './records.js';

const pointer = z.object({ key: z.custom<CacheKey>(isDigest) });

/** The folder that holds all that was ever made: contents, records, scratch, runs. */
export class Store {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly files: FileMemory;
  readonly facts: FactMemory;
  readonly itemNames: ItemNames;

  constructor(readonly root: string) {
    this.blobs = new Blobs(root);
    this.records = new Records(root, this.blobs);
    this.files = new FileMemory(root);
    this.facts = new FactMemory(root);
    this.itemNames = new ItemNames(root);
  }

  open(artifact: Artifact): ArtifactReader {
    return openArtifact(this.blobs, artifact);
  }

  /** Scratch of an action: the same key finds what an earlier, killed attempt left. */
  async workDirectory(key: CacheKey): Promise<string> {
    const path = join(this.root, 'work', key);
    await mkdir(path, { recursive: true });
    return path;
  }

  runDirectory(runId: string): string {
    return join(this.runsDirectory, runId);
  }

  get runsDirectory(): string {
    return join(this.root, 'runs');
  }

  /** The key under which a stage of this name was last made: what `plan` compares with to say why. */
  async latestKey(pipeline: string, stage: string): Promise<CacheKey | undefined> {
    try {
      return pointer.parse(JSON.parse(await readFile(this.#latestPath(pipeline, stage), 'utf8'))).key;
    } catch {
      return undefined;
    }
  }

  async setLatestKey(pipeline: string, stage: string, key: CacheKey): Promise<void> {
    if ((await this.latestKey(pipeline, stage)) === key) return;
    await writeAtomically(this.#latestPath(pipeline, stage), `${JSON.stringify({ key })}\n`);
  }

  #latestPath(pipeline: string, stage: string): string {
    return join(this.root, 'latest', encodeURIComponent(pipeline), `${encodeURIComponent(stage)}.json`);
  }
}
