import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../../pipeline/core/digest.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import type { DatasetRecord, ObjectRecord } from '../../stages/lib/dataset/record.js';
import type { PredictionRecord } from '../../stages/lib/dataset/prediction-record.js';
import { folderArtifact } from './stage-harness.js';

/** A record whose image is the given bytes; everything else has a default. */
export function aRecord(
  id: string,
  changes: Partial<DatasetRecord> & { content?: string } = {},
): DatasetRecord {
  const { content = id, ...rest } = changes;
  return {
    id,
    image: `images/${id}.png`,
    imageDigest: createHash('sha256').update(content).digest('hex') as Digest,
    imageBytes: content.length,
    width: 100,
    height: 80,
    objects: [anObject('person', [10, 10, 40, 60])],
    source: { dataset: 'test', group: id },
    attributes: {},
    ...rest,
  };
}

export function anObject(
  name: string,
  box: ObjectRecord['box'],
  changes: Partial<ObjectRecord> = {},
): ObjectRecord {
  return { box, class: name, ...changes };
}

/** A dataset artifact on disk. Images are tiny text files, unless `images` gives other bytes by id. */
export async function aDataset(
  records: readonly DatasetRecord[],
  options: {
    readonly classes?: readonly string[];
    readonly imageCount?: number;
    readonly extraLines?: readonly string[];
    readonly images?: ReadonlyMap<string, Uint8Array>;
  } = {},
): Promise<ArtifactReader> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-dataset-'));
  await mkdir(join(folder, 'images'));
  const classes = options.classes ?? [...new Set(records.flatMap((r) => r.objects.map((o) => o.class)))];
  const written: DatasetRecord[] = [];
  for (const record of records) {
    const data = options.images?.get(record.id);
    if (data) {
      const imageDigest = createHash('sha256').update(data).digest('hex') as Digest;
      await writeFile(join(folder, record.image), data);
      written.push({ ...record, imageDigest, imageBytes: data.length });
    } else written.push(record);
  }
  const header = {
    version: 1,
    classes,
    imageCount: options.imageCount ?? records.length + (options.extraLines?.length ?? 0),
    objectCount: records.reduce((sum, record) => sum + record.objects.length, 0),
  };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(header));
  const lines = [...written.map((record) => JSON.stringify(record)), ...(options.extraLines ?? [])];
  await writeFile(join(folder, 'records.jsonl'), lines.map((line) => `${line}\n`).join(''));
  return folderArtifact('dataset', folder);
}

/** A predictions artifact on disk. */
export async function somePredictions(
  records: readonly (PredictionRecord | string)[],
): Promise<ArtifactReader> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-predictions-'));
  const lines = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  await writeFile(join(folder, 'predictions.jsonl'), lines.map((line) => `${line}\n`).join(''));
  return folderArtifact('predictions', folder);
}

/** All records of a dataset artifact. */
export async function recordsIn(artifact: ArtifactReader | undefined): Promise<DatasetRecord[]> {
  const text = (await artifact?.has('records.jsonl')) ? await artifact?.readText('records.jsonl') : '';
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DatasetRecord);
}
