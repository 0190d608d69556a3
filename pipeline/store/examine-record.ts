import type { Digest } from '../core/digest.js';
import { UserError } from '../core/user-error.js';
import { itemKey, stageKey, type CacheKey } from './key-parts.js';
import type { StoredStageRecord } from './records.js';
import type { Store } from './store.js';

/** A content that a record names. */
interface NamedContent {
  /** What it is to the record: `output files`, `output files, a/b.png`, `picture "Losses"`. */
  readonly path: string;
  readonly digest: Digest;
  readonly sizeBytes: number | undefined;
}

/** A record as `verify` sees it. */
export interface ExaminedRecord {
  /** What people call it: the stages, or the kind of an item. */
  readonly name: string;
  /** What is wrong with the record itself. */
  readonly why?: string;
  readonly contents: readonly NamedContent[];
}

/** Reads a record without trusting it. @param stages the stages whose latest result it is */
export async function examineRecord(
  store: Store,
  key: CacheKey,
  stages: readonly string[],
): Promise<ExaminedRecord> {
  const record = await store.records.read(key);
  if (!record) return { name: stages.join(', ') || 'a record', why: 'it is not whole', contents: [] };
  const { kind } = record.parts;
  const name = stages.join(', ') || (record.action === 'item' ? `an item of ${kind}` : `an earlier ${kind}`);
  const ownKey = record.action === 'stage' ? stageKey(record.parts) : itemKey(record.parts);
  const contents = record.action === 'stage' ? await stageContents(store, record) : record.files;
  return ownKey === key ? { name, contents } : { name, contents, why: 'it belongs to another key' };
}

async function stageContents(store: Store, record: StoredStageRecord): Promise<readonly NamedContent[]> {
  const contents: NamedContent[] = [];
  for (const [output, artifact] of Object.entries(record.outputs)) {
    const sizeBytes = record.manifestBytes[output];
    contents.push({ path: `the list of output ${output}`, digest: artifact.digest, sizeBytes });
    try {
      for await (const file of store.open(artifact).files())
        contents.push({ ...file, path: `${file.path} of output ${output}` });
    } catch (error) {
      // Damaged or gone: the list is among the contents and is reported as such.
      if (!(error instanceof UserError)) throw error;
    }
  }
  for (const exhibit of record.exhibits)
    if ('digest' in exhibit)
      contents.push({
        path: `the ${exhibit.type === 'picture' ? 'picture' : 'measures'} ${JSON.stringify(exhibit.title)}`,
        ...exhibit,
      });
  return contents;
}
