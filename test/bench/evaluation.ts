import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { RandomStream } from '../../pipeline/core/seed.js';
import { median, seconds, type Bench } from './bench.js';
import { productRoot } from '../../pipeline/core/product-root.js';
import { timedNode, timedProcess, type TimedNode } from './timed-process.js';

const program = join(productRoot(), 'dist', 'stages', 'main.js');
const imageCount = 5000;
const truthPerImage = 7.2;
const foundPerImage = 39;
/** What pycocotools took for as much on two cores, where it cannot be measured here. */
const pycocotoolsSeconds = 32;

const pycocotools = `
import sys
import time
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
truth = COCO(sys.argv[1])
evaluation = COCOeval(truth, truth.loadRes(sys.argv[2]), 'bbox')
evaluation.evaluate()
evaluation.accumulate()
evaluation.summarize()
print(time.process_time())
`;

/** COCO's figures for as many boxes as COCO's validation set has, from the files to the last line. */
export const evaluation: Bench = {
  name: 'evaluation',
  measure: async (folder) => {
    const [truth, predictions] = [join(folder, 'truth.json'), join(folder, 'predictions.json')];
    const { truthCount, foundCount } = await writeFiles(truth, predictions);
    const runs: TimedNode[] = [];
    for (let i = 0; i < 3; i++)
      runs.push(
        await timedNode([program, 'evaluate', '--truth', truth, '--predictions', predictions], folder),
      );
    const ours = median(runs.map((run) => run.seconds));
    const oursCpu = median(runs.map((run) => run.cpuSeconds));
    const script = join(folder, 'evaluate.py');
    await writeFile(script, pycocotools);
    const theirs = await execa('python3', ['-c', 'import pycocotools'], { reject: false }).then(
      ({ exitCode }) =>
        exitCode === 0 ? timedProcess('python3', [script, truth, predictions], folder) : undefined,
    );
    const reference = theirs?.seconds ?? pycocotoolsSeconds;
    // One thread: where it was not measured now, its time was its processor time.
    const referenceCpu = theirs ? Number(theirs.stdout.trim().split('\n').at(-1)) : pycocotoolsSeconds;
    const source = theirs ? 'pycocotools' : `pycocotools’ ${pycocotoolsSeconds} s of another day`;
    return [
      {
        what: `evaluating ${truthCount} boxes, ${foundCount} detections`,
        measured: `${seconds(ours)}, ${(reference / ours).toFixed(0)} × faster than ${source}`,
        bar: '≥ 20 ×',
        met: reference / ours >= 20,
      },
      {
        what: 'its processor time',
        measured: `${seconds(oursCpu)}, ${(referenceCpu / oursCpu).toFixed(0)} × less than ${source}`,
        bar: '–',
        met: undefined,
      },
    ];
  },
};

async function writeFiles(
  truthPath: string,
  predictionsPath: string,
): Promise<{ readonly truthCount: number; readonly foundCount: number }> {
  const random = new RandomStream(1, 'bench', 'evaluation');
  const [images, annotations, results]: [object[], object[], object[]] = [[], [], []];
  for (let image = 1; image <= imageCount; image++) {
    images.push({ id: image, width: 640, height: 480 });
    const own: { k: number; bbox: [number, number, number, number] }[] = [];
    for (let n = spread(random, truthPerImage); n > 0; n--) {
      const bbox = [random.integer(0, 500), random.integer(0, 380), random.integer(8, 140), random.integer(8, 100)] as [number, number, number, number]; // prettier-ignore
      const k = random.integer(1, 80);
      own.push({ k, bbox });
      annotations.push({ id: annotations.length + 1, image_id: image, category_id: k, bbox, area: bbox[2] * bbox[3], iscrowd: 0 }); // prettier-ignore
    }
    for (let n = spread(random, foundPerImage); n > 0; n--) {
      const near = own[random.integer(0, Math.max(0, own.length - 1))];
      const bbox = near && random.next() < 0.3 ? near.bbox.map((side) => side + random.normal(0, 4)) : [random.integer(0, 500), random.integer(0, 380), 60, 60]; // prettier-ignore
      results.push({ image_id: image, category_id: near?.k ?? 1, bbox, score: Math.round(random.next() * 1e5) / 1e5 }); // prettier-ignore
    }
  }
  const categories = Array.from({ length: 80 }, (_, index) => ({
    id: index + 1,
    name: `class ${index + 1}`,
  }));
  await writeFile(truthPath, JSON.stringify({ images, annotations, categories }));
  await writeFile(predictionsPath, JSON.stringify(results));
  return { truthCount: annotations.length, foundCount: results.length };
}

/** A whole number with this mean, evenly between nothing and twice as many. */
function spread(random: RandomStream, mean: number): number {
  return Math.floor(random.next() * (2 * mean + 1));
}
