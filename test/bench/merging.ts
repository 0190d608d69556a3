import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seconds, type Bench } from './bench.js';
import { timedPipeline } from './timed-process.js';

const parts = 4;
const imagesOfPart = 25_000;
const boxesOfImage = 10;
const bytesPerGib = 2 ** 30;

/** One dataset of a hundred thousand images and a million boxes out of four, start-up and storing included. */
export const merging: Bench = {
  name: 'merging',
  measure: async (folder) => {
    const file = join(folder, 'pipeline.yaml');
    const names = Array.from({ length: parts }, (_, part) => `part${part}`);
    await writeFile(
      file,
      [
        'version: 1',
        'name: bench',
        'stages:',
        ...names.map(
          (name) =>
            `  ${name}: { uses: bench/boxes, with: { name: ${name}, count: ${imagesOfPart}, boxes: ${boxesOfImage} } }`,
        ),
        `  quarter: { uses: merge, in: { datasets: [part0] } }`,
        `  whole: { uses: merge, in: { datasets: [${names.join(', ')}] } }`,
        '',
      ].join('\n'),
    );
    await timedPipeline(folder, ['run', file, ...names]);
    const quarter = await timedPipeline(folder, ['run', file, 'quarter']);
    const whole = await timedPipeline(folder, ['run', file, 'whole']);
    const growth = whole.seconds / quarter.seconds;
    return [
      {
        what: `merging ${parts * imagesOfPart} images, ${(parts * imagesOfPart * boxesOfImage) / 1e6} million boxes`,
        measured: seconds(whole.seconds),
        bar: '< 10 s',
        met: whole.seconds < 10,
      },
      {
        what: `its time against ${imagesOfPart} images`,
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
