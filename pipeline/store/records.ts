import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { askDisk } from '../core/ask-disk.js';
import { writeAtomically } from '../core/atomic-file.js';
import { isDigest, type Digest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import type { JsonValue } from '../core/json.js';
import type { Artifact, ArtifactFile } from '../stage/artifact.js';
import type { Exhibit } from '../stage/exhibit.js';
import type { Blobs } from './blobs.js';
import type { CacheKey, ItemKeyParts, StageKeyParts } from './key-parts.js';

/** A local disk reads a record in tens of microseconds, a network one in more than a millisecond. */
const slowMs = 0.5;

/** What a stage made: the proof that it succeeded, and the only one. */
export interface StageRecord {
  readonly version: 1;
  readonly action: 'stage';
  readonly parts: StageKeyParts;
  /** Names of the source files by role, to say later which one changed. */
  readonly sourceNames: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
  readonly outputs: Readonly<Record<string, Artifact>>;
  readonly exhibits: readonly Exhibit[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly itemCount?: number;
  readonly tookMs: number;
  /** What its jobs had of the machine for themselves, CPUs and GPUs times time; absent in older records. */
  readonly held?: HeldTime;
  readonly finishedAt: string;
}

/** CPUs and GPUs that jobs had for themselves, times how long. */
export interface HeldTime {
  readonly cpuMs: number;
  readonly gpuMs: number;
}

/** What was made for one item of a map stage. */
export interface ItemRecord {
  readonly version: 1;
  readonly action: 'item';
  readonly parts: ItemKeyParts;
  readonly files: readonly ArtifactFile[];
  readonly value: JsonValue;
  readonly finishedAt: string;
}

/** As it lies on the disk: with the sizes of its manifests, so that one that was cut short is noticed unopened. */
export interface StoredStageRecord extends StageRecord {
  readonly manifestBytes: Readonly<Record<string, number>>;
}

const digest = z.custom<Digest>(isDigest);
const json = z.custom<JsonValue>((value) => value !== undefined);
const artifact = z.object({ type: z.string(), digest, fileCount: z.number(), sizeBytes: z.number() });
const stageRecord = z.object({
  version: z.literal(1),
  action: z.literal('stage'),
  parts: z.custom<StageKeyParts>((value) => isObject(value) && isObject((value as StageKeyParts).sources)),
  // With ten thousand source files, a look at every name would cost more than all else in a run with nothing to do.
  sourceNames: z.record(z.string(), z.custom<Readonly<Record<string, Digest>>>(isObject)),
  outputs: z.record(z.string(), artifact),
  manifestBytes: z.record(z.string(), z.number()),
  exhibits: z.array(
    z.custom<Exhibit>((value) => typeof value === 'object' && value !== null && 'type' in value),
  ),
  metrics: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
  itemCount: z.number().exactOptional(),
  tookMs: z.number(),
  held: z.object({ cpuMs: z.number(), gpuMs: z.number() }).exactOptional(),
  finishedAt: z.string(),
});
const itemRecord = z.object({
  version: z.literal(1),
  action: z.literal('item'),
  parts: z.custom<ItemKeyParts>((value) => typeof value === 'object' && value !== null),
  files: z.array(z.object({ path: z.string(), digest, sizeBytes: z.number() })),
  value: json,
  finishedAt: z.string(),
});

/**
 * The records of what was made, by cache key: `actions/ab/<key>.json`. A record that cannot be read, that is cut
 * short, or whose contents are gone is a miss, never an error and never a success.
 */
export class Records {
  readonly #root: string;
  readonly #blobs: Blobs;

  constructor(storeRoot: string, blobs: Blobs) {
    this.#root = join(storeRoot, 'actions');
    this.#blobs = blobs;
  }

  async readStage(key: CacheKey): Promise<StageRecord | undefined> {
    const stored = stageRecordOf(await this.#readJson(key));
    if (!stored) return undefined;
    const { manifestBytes, ...record } = stored;
    for (const [name, { digest }] of Object.entries(record.outputs))
      if (!(await this.#blobs.has({ digest, sizeBytes: manifestBytes[name] ?? -1 }))) return undefined;
    return record;
  }

  /**
   * The keys of which there is a record, read off the folders at once: asking file by file for a hundred thousand
   * items that are not there yet would take longer than anything else in planning them.
   */
  async keys(): Promise<ReadonlySet<CacheKey>> {
    const folders = await readdir(this.#root).catch(() => []);
    const names = await Promise.all(
      folders.map((folder) => readdir(join(this.#root, folder)).catch(() => [])),
    );
    return new Set(
      names
        .flat()
        .map((name) => name.replace(/\.json$/, ''))
        .filter(isDigest),
    );
  }

  /** A record as it lies there, whether or not its contents are there, too; `undefined` when it is not whole. */
  async read(key: CacheKey): Promise<StoredStageRecord | ItemRecord | undefined> {
    const json = await this.#readJson(key);
    return stageRecordOf(json) ?? itemRecordOf(json);
  }

  async readItem(key: CacheKey): Promise<ItemRecord | undefined> {
    const record = itemRecord.safeParse(await this.#readJson(key)).data;
    if (!record) return undefined;
    for (const file of record.files) if (!(await this.#blobs.has(file))) return undefined;
    return record;
  }

  /**
   * The records of many items, in the order of their keys.
   * @param expected what most of them are: to look first is quicker for what is missing, slower for what is there
   */
  readItems(keys: readonly CacheKey[], expected: 'there' | 'missing'): Promise<(ItemRecord | undefined)[]> {
    const inLine = (key: CacheKey): ItemRecord | undefined => {
      const path = this.path(key);
      if (expected === 'missing' && !existsSync(path)) return undefined;
      return this.#readItemInLine(path);
    };
    return askDisk(keys, inLine, (key) => this.readItem(key), slowMs);
  }

  #readItemInLine(path: string): ItemRecord | undefined {
    const record = itemRecord.safeParse(parsedJson(readTextInLine(path))).data;
    return record?.files.every((file) => this.#blobs.hasInLine(file)) ? record : undefined;
  }

  async write(key: CacheKey, record: StageRecord | ItemRecord): Promise<void> {
    const text =
      record.action === 'stage'
        ? recordText(withoutNamesInParts(await this.#withManifestBytes(record)))
        : itemRecordText(record);
    await writeAtomically(this.path(key), text, `${record.action}-record`);
  }

  async remove(key: CacheKey): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  /** Where a record lies, whether or not it is there. */
  path(key: CacheKey): string {
    // Put together by hand: `join` would take a while for a hundred thousand of them.
    return `${this.#root}/${key.slice(0, 2)}/${key}.json`;
  }

  async #withManifestBytes(record: StageRecord): Promise<StoredStageRecord> {
    const manifestBytes: Record<string, number> = {};
    for (const [name, { digest }] of Object.entries(record.outputs)) {
      const sizeBytes = await this.#blobs.sizeBytes(digest);
      if (sizeBytes === undefined) throw new Error(`The manifest of output ${name} is not in the store.`);
      manifestBytes[name] = sizeBytes;
    }
    return { ...record, manifestBytes };
  }

  async #readJson(key: CacheKey): Promise<unknown> {
    // Decoded as a whole: Node decodes a text piece by piece, which takes twice as long for a megabyte of names.
    return parsedJson((await readFile(this.path(key)).catch(nothingThere))?.toString('utf8'));
  }
}

/** A stage's record as it was read. @returns undefined when it is not whole */
export function stageRecordOf(json: unknown): StoredStageRecord | undefined {
  const stored = stageRecord.safeParse(json).data;
  return stored && withSourceNames(stored);
}

/** An item's record as it was read. @returns undefined when it is not whole */
export function itemRecordOf(json: unknown): ItemRecord | undefined {
  return itemRecord.safeParse(json).data;
}

/** An item's record as it lies on the disk. */
export function itemRecordText(record: ItemRecord): string {
  return recordText(record);
}

/** Where names matter to the result they stand in the key's parts: once is enough for ten thousand of them. */
function withoutNamesInParts(record: StoredStageRecord): StoredStageRecord {
  const sourceNames = Object.fromEntries(
    Object.entries(record.sourceNames).filter(([role, names]) => record.parts.sources[role] !== names),
  );
  return { ...record, sourceNames };
}

function withSourceNames(record: StoredStageRecord): StoredStageRecord {
  const named = Object.entries(record.parts.sources).filter(
    ([role, source]) => isObject(source) && !Array.isArray(source) && !(role in record.sourceNames),
  ) as [string, Readonly<Record<string, Digest>>][];
  return { ...record, sourceNames: { ...Object.fromEntries(named), ...record.sourceNames } };
}

function recordText(record: StoredStageRecord | ItemRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function readTextInLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return nothingThere(error);
  }
}

function nothingThere(error: unknown): undefined {
  if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}

/** @returns undefined for a text that is cut short */
function parsedJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
