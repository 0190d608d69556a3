import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { digestOfBytes } from '../../pipeline/core/digest.js';
import type { DatasetHeader, DatasetRecord } from '../../stages/lib/dataset/record.js';
import { seconds, type Bench } from './bench.js';
import { timedProcess } from './timed-process.js';

const parts = 4;
const imagesOfPart = 25_000;
const boxesOfImage = 10;
const bytesPerGib = 2 ** 30;

interface Merged {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly images: number;
}

/**
 * One dataset of a hundred thousand images and a million boxes out of four: the stage in a process of its own, without
 * the engine. Other programs on the machine count in its time; its processor time stands beside it.
 */
export const merging: Bench = {
  name: 'merging',
  measure: async (folder) => {
    const datasets = Array.from({ length: parts }, (_, part) => join(folder, `part${part}`));
    for (const dataset of datasets) await writeRecords(dataset);
    const quarter = await merge(join(folder, 'quarter'), datasets.slice(0, 1));
    const whole = await merge(join(folder, 'whole'), datasets);
    if (whole.images !== parts * imagesOfPart) throw new Error(`${whole.images} images came out.`);
    const growth = whole.cpuSeconds / quarter.cpuSeconds;
    return [
      {
        what: `merging ${whole.images} images, ${(whole.images * boxesOfImage) / 1e6} million boxes`,
        measured: `${seconds(whole.seconds)} (${seconds(whole.cpuSeconds)} of processor)`,
        bar: '< 10 s',
        met: whole.seconds < 10,
      },
      {
        what: `its processor time against ${imagesOfPart} images`,
        measured: `${growth.toFixed(1)} × for ${parts} × as many`,
        bar: `≤ ${parts * 1.25} ×`,
        met: growth <= parts * 1.25,
      },
      {
        what: 'its peak memory',
        measured: `${(whole.peakBytes / bytesPerGib).toFixed(2)} GiB`,
        bar: '< 1 GiB',
        met: whole.peakBytes < bytesPerGib,
      },
    ];
  },
};

async function merge(target: string, datasets: readonly string[]): Promise<Merged> {
  const program = join(import.meta.dirname, 'merge-alone.js');
  const { stdout } = await timedProcess(process.execPath, [program, target, ...datasets], datasets[0] ?? '.');
  return JSON.parse(stdout) as Merged;
}

/** A dataset without its image files, which no merge opens. */
async function writeRecords(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const header: DatasetHeader = {
    version: 1,
    classes: ['person', 'chair'],
    imageCount: imagesOfPart,
    objectCount: imagesOfPart * boxesOfImage,
  };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(header));
  await pipeline(Readable.from(lines(folder)), createWriteStream(join(folder, 'records.jsonl')));
}

function* lines(dataset: string): Iterable<string> {
  for (let index = 0; index < imagesOfPart; index++) {
    const id = String(index).padStart(6, '0');
    const record: DatasetRecord = {
      id,
      image: `images/${id}.png`,
      imageDigest: digestOfBytes(`${dataset} ${id}`),
      imageBytes: 100_000,
      width: 640,
      height: 480,
      objects: Array.from({ length: boxesOfImage }, (_, box) => ({
        box: [box, index % 400, box + 20.5, (index % 400) + 31.25],
        class: box % 2 === 0 ? 'person' : 'chair',
        visibleFraction: 0.75,
        areaPx: 512,
      })),
      source: { dataset, group: `scene-${index >> 3}` },
      attributes: { camera: index % 4 },
    };
    yield `${JSON.stringify(record)}\n`;
  }
}
