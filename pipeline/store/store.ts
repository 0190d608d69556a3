import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { writing } from '../core/disk-failure.js';
import { isDigest } from '../core/digest.js';
import type { Artifact, ArtifactReader } from '../stage/artifact.js';
import { Blobs } from './blobs.js';
import { FactMemory } from './fact-memory.js';
import { FileMemory } from './file-memory.js';
import { History } from './history.js';
import { ItemCommits } from './item-commits.js';
import { ItemLists } from './item-lists.js';
import type { CacheKey } from './key-parts.js';
import { openArtifact } from './manifest.js';
import { Pins } from './pins.js';
import { Presence } from './presence/presence.js';
import { Records } from './records.js';
import type { ResultCache } from './remotes/result-cache.js';

const pointer = z.object({ key: z.custom<CacheKey>(isDigest) });

/** The folder that holds all that was ever made: contents, records, scratch, runs. */
export class Store {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly itemCommits: ItemCommits;
  readonly files: FileMemory;
  readonly facts: FactMemory;
  readonly history: History;
  readonly itemLists: ItemLists;
  readonly pins: Pins;
  readonly presence: Presence;
  /** Where results are looked for that are not here; none unless somebody opens one. */
  cache: ResultCache | undefined;

  constructor(readonly root: string) {
    this.blobs = new Blobs(root);
    this.records = new Records(root, this.blobs);
    this.itemCommits = new ItemCommits(this.blobs, this.records);
    this.files = new FileMemory(root);
    this.facts = new FactMemory(root);
    this.history = new History(root);
    this.itemLists = new ItemLists(root);
    this.pins = new Pins(root);
    this.presence = new Presence(root);
  }

  open(artifact: Artifact): ArtifactReader {
    return openArtifact(this.blobs, artifact, async (content) => {
      await this.cache?.fetchNamed(content);
    });
  }

  /** Scratch of an action: the same key finds what an earlier, killed attempt left. */
  async workDirectory(key: CacheKey): Promise<string> {
    const path = this.workPath(key);
    await writing(path, () => mkdir(path, { recursive: true }));
    return path;
  }

  /** Where an action's scratch lies, whether or not it is there. */
  workPath(key: CacheKey): string {
    return join(this.root, 'work', key);
  }

  /** The actions that have scratch. */
  async workKeys(): Promise<readonly CacheKey[]> {
    return (await readdir(join(this.root, 'work')).catch((): string[] => [])).filter(isDigest);
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
    await writeAtomically(this.#latestPath(pipeline, stage), `${JSON.stringify({ key })}\n`, 'pointer');
  }

  /** Which stages were last made under a key, as `pipeline/stage`: how people call a result. */
  async latestNames(): Promise<ReadonlyMap<CacheKey, readonly { pipeline: string; stage: string }[]>> {
    const names = new Map<CacheKey, { pipeline: string; stage: string }[]>();
    const root = join(this.root, 'latest');
    for (const folder of await readdir(root).catch(() => [])) {
      for (const file of await readdir(join(root, folder)).catch(() => [])) {
        if (!file.endsWith('.json')) continue;
        const name = {
          pipeline: decodeURIComponent(folder),
          stage: decodeURIComponent(file.slice(0, -'.json'.length)),
        };
        const key = await this.latestKey(name.pipeline, name.stage);
        if (key !== undefined) names.set(key, [...(names.get(key) ?? []), name]);
      }
    }
    return names;
  }

  #latestPath(pipeline: string, stage: string): string {
    return join(this.root, 'latest', encodeURIComponent(pipeline), `${encodeURIComponent(stage)}.json`);
  }
}
