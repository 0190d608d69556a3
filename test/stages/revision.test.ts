import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { digestOfJson } from '../../pipeline/core/digest.js';
import type { StageKind } from '../../pipeline/stage/definition.js';
import { anchorsStage } from '../../stages/anchors/stage.js';
import { annotateStage } from '../../stages/annotate/stage.js';
import { leaksStage } from '../../stages/check/leaks-stage.js';
import { checkStage } from '../../stages/check/stage.js';
import { commandStage } from '../../stages/command/stage.js';
import { evaluateStage } from '../../stages/evaluate/stage.js';
import { exportStage } from '../../stages/export/stage.js';
import { importPredictionsStage } from '../../stages/import/predictions-stage.js';
import { importStage } from '../../stages/import/stage.js';
import type { FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { mergeStage } from '../../stages/merge/stage.js';
import { selectStage } from '../../stages/select/stage.js';
import { splitStage } from '../../stages/split/stage.js';
import { statsStage } from '../../stages/stats/stage.js';
import { aDataset, anObject, aRecord, somePredictions } from '../support/dataset-builder.js';
import { folderArtifact, runStage, type StageRequest } from '../support/stage-harness.js';

/** What each kind made of a small fixed input when its revision was last raised. */
const committed = new URL('../fixtures/revisions/fingerprints.json', import.meta.url);
const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../fixtures/revisions/${name}`, import.meta.url));

async function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-revision-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, data] of Object.entries(files)) await writeFile(join(folder, name), data);
  return folder;
}

const people = Array.from({ length: 12 }, (_, index) =>
  aRecord(`p${index}`, {
    objects: [
      anObject('person', [5, 5, 15 + 3 * index, 20 + 2 * index]),
      anObject(index % 2 === 0 ? 'dog' : 'cat', [30, 30, 40 + index, 70 - index]),
    ],
    source: { dataset: 'test', group: `g${index % 6}` },
  }),
);

const requests: Readonly<Record<string, () => Promise<[StageKind, StageRequest]>>> = {
  anchors: async () => [
    anchorsStage,
    { params: { count: 3, inputSize: [64, 64] }, inputs: { dataset: await aDataset(people) } },
  ],
  annotate: async () => {
    const object = { class: 'person', attributes: { pose: 'lying' }, amodalBox: null, distanceM: 2 };
    const frame: FrameRecord = {
      version: 1,
      id: '000000',
      width: 16,
      height: 16,
      group: 'g',
      attributes: { look: 'home' },
      objects: [
        { ...object, instance: 1, pixelsAlone: 48, pixelsVisible: 40 },
        {
          ...object,
          instance: 2,
          pixelsAlone: 72,
          pixelsVisible: 72,
          amodalBox: [6, 6, 18, 14],
          keypoints: { nose: [8.5, 7, 2], left_knee: [9, 12, 1], right_knee: [17, 12, 1] },
        },
      ],
      camera: { worldToCamera: new Array<number>(16).fill(0), intrinsics: new Array<number>(9).fill(0) },
    };
    const folder = await temporaryFolder({
      'frames.jsonl': `${JSON.stringify(frame)}\n`,
      '000000.png': await fixture('image.png'),
      '000000.mask.png': await fixture('mask.png'),
    });
    const frames = await folderArtifact('frames', folder);
    return [annotateStage, { params: { minPixels: 4 }, inputs: { frames } }];
  },
  command: async () => {
    const folder = await temporaryFolder({ 'a.txt': 'a', 'b.txt': 'b' });
    const run = [
      '/bin/sh',
      '-c',
      '/bin/cat "$0" > "$1"; echo "$2 $3" >> "$1"',
      '{input}',
      '{output}',
      '{stem}',
      '{seed}',
    ];
    return [commandStage, { params: { each: '*.txt', run, outputs: '{stem}.out' }, baseDirectory: folder }];
  },
  evaluate: async () => {
    const image = await fixture('image.png');
    const records = people
      .slice(0, 4)
      .map((record) => ({ ...record, width: 16, height: 16, objects: [anObject('person', [2, 2, 8, 10])] }));
    const truth = await aDataset(records, { images: new Map(records.map(({ id }) => [id, image])) });
    const predictions = await somePredictions(
      records.map(({ id }, index) => ({
        id,
        width: 16,
        height: 16,
        detections: [{ box: [2, 2, 8 + index, 10], class: 'person', score: 0.9 - index / 10 }],
      })),
    );
    return [evaluateStage, { params: {}, inputs: { truth, predictions } }];
  },
  // TFRecord writes with every part that other formats share, and bytes that must not move.
  export: async () => {
    const image = await fixture('image.png');
    const records = people.slice(0, 3).map((record) => ({ ...record, width: 16, height: 16 }));
    const dataset = await aDataset(records, { images: new Map(records.map(({ id }) => [id, image])) });
    return [exportStage, { params: { format: 'tfrecord', shards: 2 }, inputs: { dataset } }];
  },
  import: async () => {
    const object =
      '<object><name>dog</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>3</ymin><xmax>9</xmax><ymax>16</ymax></bndbox></object>';
    const folder = await temporaryFolder({
      'a.png': await fixture('image.png'),
      'a.xml': `<annotation><filename>a.png</filename><size><width>16</width><height>16</height></size>${object}</annotation>`,
    });
    return [importStage, { params: { format: 'voc', path: '.' }, baseDirectory: folder }];
  },
  'import/predictions': async () => {
    const folder = await temporaryFolder({ 'person.txt': 'p1 0.5 3 4 20 30\np0 0.25 1 1 8 9\n' });
    const params = { format: 'voc', path: '.' };
    return [
      importPredictionsStage,
      { params, inputs: { images: await aDataset(people) }, baseDirectory: folder },
    ];
  },
  merge: async () => [
    mergeStage,
    {
      params: { classes: { dog: 'animal', cat: null }, limit: [5, null] },
      inputs: { datasets: [await aDataset(people), await aDataset(people.slice(6))] },
    },
  ],
  check: async () => {
    const images = new Map(
      await Promise.all(people.map(async ({ id }) => [id, await fixture('image.png')] as const)),
    );
    const records = people.map((record) => ({ ...record, width: 16, height: 16 }));
    const params = { boxes: { overEdge: 'repair', outside: 'drop' } };
    return [checkStage, { params, inputs: { dataset: await aDataset(records, { images }) } }];
  },
  'check/leaks': async () => [
    leaksStage,
    {
      params: { sameImage: 'drop', sameGroup: 'drop', nearDuplicates: 'ignore' },
      inputs: { dataset: await aDataset(people), heldOut: [await aDataset(people.slice(0, 3))] },
    },
  ],
  select: async () => [
    selectStage,
    {
      params: { objects: { classes: ['person', 'dog'] }, perClass: 4 },
      inputs: { dataset: await aDataset(people) },
    },
  ],
  stats: async () => [
    statsStage,
    {
      params: { colourImages: 0 },
      inputs: { datasets: [await aDataset(people), await aDataset(people.slice(6))] },
    },
  ],
  split: async () => [
    splitStage,
    { params: { train: 0.5, validation: 0.25, test: 0.25 }, inputs: { dataset: await aDataset(people) } },
  ],
};

describe('the revision of a stage kind', () => {
  it.each(Object.keys(requests))('of %s is raised whenever its outputs change', async (name) => {
    const [kind, request] = (await requests[name]?.()) ?? [];
    if (!kind || !request) throw new Error(`no request for ${name}`);
    const { outputs } = await runStage(kind, { seed: 1, ...request });
    const files: string[][] = [];
    for (const [output, artifact] of Object.entries(outputs))
      for await (const { path, digest } of artifact.files()) files.push([output, path, digest]);
    expect(files.length).toBeGreaterThan(0);

    const fingerprints = JSON.parse(await readFile(committed, 'utf8')) as Record<string, unknown>;
    const now = { revision: kind.revision, outputs: digestOfJson(files) };
    expect(
      now,
      `${name} makes other outputs than at revision ${kind.revision}, or was raised. Raise \`revision\` in its stage.ts ` +
        `if they changed, so that results of before are not taken for results of now; then write into ${committed.pathname}: ` +
        `"${name}": ${JSON.stringify(now)}`,
    ).toEqual(fingerprints[name]);
  });
});
