import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideName } from '../../core/atomic-file.js';
import { concurrently } from '../../core/concurrently.js';
import { digestOfBytes, digestOfFile, isDigest, type Digest } from '../../core/digest.js';
import type { Blobs, StoredContent } from '../blobs.js';
import { stageKey, type CacheKey } from '../key-parts.js';
import { stageRecordOf, type ItemRecord, type StoredStageRecord } from '../records.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { itemsAPack, packItems, unpackItems } from './item-pack.js';
import { usualPatience, type Patience } from './patience.js';
import { PatientRemote } from './patient-remote.js';
import { RemoteFailure, type Remote } from './remote.js';

export type CacheMode = 'read' | 'read-write';

export interface CacheOptions {
  readonly mode: CacheMode;
  readonly signal: AbortSignal;
  /** Hears of what went wrong, in words for people; nothing is thrown. */
  readonly onTrouble: (message: string) => void;
  readonly patience?: Patience;
}

/** What a transfer came to. */
export interface Transfer {
  readonly contents: number;
  readonly bytes: number;
  /** Contents that were not to be had, or not to be left. */
  readonly failed: number;
}

/** A content larger than this is looked up before it is uploaded; a smaller one costs as much as the question. */
const askBeforeBytes = 64 * 1024;

/**
 * Results of stages in a place that others reach, too:
 * `blobs/ab/<digest>` contents, `actions/ab/<key>` the records of stages behind their own digest,
 * `items/<family>/<digest>` packs of items' records. A list of files is there only when all of its files are, and a
 * record when all that it names is. What comes is checked by its digest. Nothing here throws on account of the
 * remote: what does not work is a miss, is told to `onTrouble`, and after a while is not tried any more.
 */
export class ResultCache {
  readonly #remote: PatientRemote;
  readonly #breaker: CircuitBreaker;
  readonly #stages = new Map<CacheKey, Promise<StoredStageRecord | undefined>>();
  readonly #fetching = new Map<Digest, Promise<boolean>>();
  /** How large the lists of files are that records have named. */
  readonly #listBytes = new Map<Digest, number>();
  /** Contents that are known to be in the remote. */
  readonly #there = new Set<Digest>();

  constructor(
    remote: Remote,
    private readonly blobs: Blobs,
    private readonly storeRoot: string,
    private readonly options: CacheOptions,
  ) {
    const patience = options.patience ?? usualPatience;
    this.#remote = new PatientRemote(remote, patience, options.signal);
    this.#breaker = new CircuitBreaker(patience);
  }

  get url(): string {
    return this.#remote.remote.url;
  }

  get mode(): CacheMode {
    return this.options.mode;
  }

  /** The record of a stage; its contents stay where they are. Asked once. */
  readStage(key: CacheKey): Promise<StoredStageRecord | undefined> {
    let record = this.#stages.get(key);
    if (!record) {
      record = this.#readStage(key);
      this.#stages.set(key, record);
    }
    return record;
  }

  /** From now on there is no such record: something that it names was not to be had. */
  forget(key: CacheKey): void {
    this.#stages.set(key, Promise.resolve(undefined));
  }

  async #readStage(key: CacheKey): Promise<StoredStageRecord | undefined> {
    const bytes = await this.#unless(undefined, () => this.#remote.bytes(stageName(key)));
    if (!bytes) return undefined;
    const text = bytes.toString('utf8');
    const [digest, json = ''] = [text.slice(0, 64), text.slice(65)];
    const record = digest === digestOfBytes(json) ? stageRecordOf(JSON.parse(json)) : undefined;
    if (record && stageKey(record.parts) === key) {
      for (const [output, sizeBytes] of Object.entries(record.manifestBytes)) {
        const artifact = record.outputs[output];
        if (artifact) this.#listBytes.set(artifact.digest, sizeBytes);
      }
      return record;
    }
    this.options.onTrouble(`The record ${key.slice(0, 12)} in ${this.url} is damaged and was passed over.`);
    return undefined;
  }

  /** The records of items that are in the packs of their family; their contents stay where they are. */
  async readItems(family: Digest, keys: ReadonlySet<CacheKey>): Promise<ReadonlyMap<CacheKey, ItemRecord>> {
    const found = new Map<CacheKey, ItemRecord>();
    const packs = await this.#unless([], () => this.#remote.list(`items/${family}/`));
    await concurrently(packs, 4, async ({ name, sizeBytes }) => {
      const digest = name.slice(name.lastIndexOf('/') + 1);
      if (!isDigest(digest) || !(await this.#fetch({ digest, sizeBytes }, name))) return;
      const wants = (key: CacheKey): boolean => keys.has(key) && !found.has(key);
      try {
        const unpacked = await unpackItems(await readFile(this.blobs.path(digest)), wants);
        for (const [key, record] of unpacked) found.set(key, record);
      } catch (error) {
        this.options.onTrouble(`${name} in ${this.url} is no pack of items: ${String(error)}`);
      }
    });
    return found;
  }

  /** Brings a content into the store. @returns whether it is there now */
  fetch(content: StoredContent): Promise<boolean> {
    return this.#fetch(content, blobName(content.digest));
  }

  /** As `fetch`; of the lists of files that its records name, the cache knows how large they are. */
  async fetchNamed({
    digest,
    sizeBytes = this.#listBytes.get(digest),
  }: {
    readonly digest: Digest;
    readonly sizeBytes?: number;
  }): Promise<boolean> {
    return sizeBytes !== undefined && this.fetch({ digest, sizeBytes });
  }

  /** Brings contents into the store, those that it lacks. */
  async fetchAll(contents: AsyncIterable<StoredContent> | Iterable<StoredContent>): Promise<Transfer> {
    let [count, bytes, failed] = [0, 0, 0];
    await concurrently(contents, this.#remote.patience.concurrency, async (content) => {
      if (await this.blobs.has(content)) return;
      if (await this.fetch(content)) {
        count++;
        bytes += content.sizeBytes;
      } else failed++;
    });
    return { contents: count, bytes, failed };
  }

  /** Leaves contents of the store in the remote, those that it may lack. */
  async uploadAll(contents: Iterable<StoredContent>): Promise<Transfer> {
    let [count, bytes, failed] = [0, 0, 0];
    await concurrently(contents, this.#remote.patience.concurrency, async ({ digest, sizeBytes }) => {
      if (this.#there.has(digest)) return;
      const done = await this.#unless(false, async () => {
        if (sizeBytes > askBeforeBytes && (await this.#remote.has(blobName(digest), sizeBytes))) return true;
        await this.#remote.upload(blobName(digest), { path: this.blobs.path(digest), sizeBytes });
        count++;
        bytes += sizeBytes;
        return true;
      });
      if (done) this.#there.add(digest);
      else failed++;
    });
    return { contents: count, bytes, failed };
  }

  /** Whether the remote has a content; asked of lists of files, it speaks for all of their files, too. */
  async has({ digest, sizeBytes }: StoredContent): Promise<boolean> {
    if (this.#there.has(digest)) return true;
    const has = await this.#unless(false, () => this.#remote.has(blobName(digest), sizeBytes));
    if (has) this.#there.add(digest);
    return has;
  }

  /** Remembers that contents are in the remote, because something is that comes after them. */
  noteThere(digests: Iterable<Digest>): void {
    for (const digest of digests) this.#there.add(digest);
  }

  /** Leaves the records of items, all of whose contents are there. @returns whether it worked */
  async writeItems(family: Digest, items: ReadonlyMap<CacheKey, ItemRecord>): Promise<boolean> {
    const entries = [...items];
    for (let start = 0; start < entries.length; start += itemsAPack) {
      const bytes = await packItems(new Map(entries.slice(start, start + itemsAPack)));
      const name = `items/${family}/${digestOfBytes(bytes)}`;
      if (!(await this.#done(() => this.#remote.upload(name, { bytes })))) return false;
    }
    return true;
  }

  /** Leaves the record of a stage, all of whose contents are there. @returns whether it worked */
  async writeStage(key: CacheKey, recordText: string): Promise<boolean> {
    const bytes = Buffer.from(`${digestOfBytes(recordText)}\n${recordText}`);
    return this.#done(() => this.#remote.upload(stageName(key), { bytes }));
  }

  /** Of contents, stages and packs: how many there are, and how large. @throws RemoteFailure */
  async measure(): Promise<
    Readonly<Record<'contents' | 'stages' | 'packs', { count: number; bytes: number }>>
  > {
    const [contents, stages, packs] = await Promise.all(
      ['blobs/', 'actions/', 'items/'].map(async (prefix) => {
        const sum = { count: 0, bytes: 0 };
        for (const { sizeBytes } of await this.#remote.list(prefix)) {
          sum.count++;
          sum.bytes += sizeBytes;
        }
        return sum;
      }),
    );
    const none = { count: 0, bytes: 0 };
    return { contents: contents ?? none, stages: stages ?? none, packs: packs ?? none };
  }

  #fetch(content: StoredContent, name: string): Promise<boolean> {
    const { digest } = content;
    let fetching = this.#fetching.get(digest);
    if (!fetching) {
      fetching = this.#bring(content, name).finally(() => this.#fetching.delete(digest));
      this.#fetching.set(digest, fetching);
    }
    return fetching;
  }

  async #bring(content: StoredContent, name: string): Promise<boolean> {
    if (await this.blobs.has(content)) return true;
    const { digest, sizeBytes } = content;
    const part = join(this.storeRoot, 'work', 'incoming', `${digest}.part`);
    // Whoever takes the part that an earlier attempt left has it for itself.
    const own = asideName(join(this.storeRoot, 'work', 'incoming', digest.slice(0, 12)));
    await mkdir(dirname(own), { recursive: true });
    await rename(part, own).catch(() => undefined);
    const check = async (path: string): Promise<string | undefined> =>
      (await digestOfFile(path)) === digest ? undefined : 'its content has another digest';
    const came = await this.#unless(false, () => this.#remote.download(name, own, { sizeBytes, check }));
    if (came) {
      await this.blobs.take(own);
      this.#there.add(digest);
      return true;
    }
    await rename(own, part).catch(() => rm(own, { force: true }));
    return false;
  }

  #done(request: () => Promise<unknown>): Promise<boolean> {
    return this.#unless(false, async () => {
      await request();
      return true;
    });
  }

  /** The answer, or something else when the remote gives none. */
  async #unless<T>(otherwise: T, request: () => Promise<T>): Promise<T> {
    if (!this.#breaker.allows()) return otherwise;
    try {
      const answer = await request();
      this.#breaker.succeeded();
      return answer;
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (!(error instanceof RemoteFailure)) throw error;
      const opened = this.#breaker.failed(error.trouble === 'refused');
      this.options.onTrouble(opened ? `${error.message}. The cache is left alone for now.` : error.message);
      return otherwise;
    }
  }
}

function blobName(digest: Digest): string {
  return `blobs/${digest.slice(0, 2)}/${digest}`;
}

function stageName(key: CacheKey): string {
  return `actions/${key.slice(0, 2)}/${key}`;
}
