import sharp, { type OverlayOptions } from 'sharp';
import { RandomStream } from '../../pipeline/core/seed.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import { augmentInto, augmentObjects, drawAugmentation } from '../lib/imaging/augment.js';
import { decodeImage } from '../lib/imaging/decode-image.js';
import { lineChart } from '../lib/plots/charts.js';
import type { LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';
import type { Training } from './train.js';

type Context = StageContext<YoloTrainParams>;

const SHOWN = 8;
const COLUMNS = 4;

/** Shows the first images as the network will see them, with the boxes it is to find. */
export async function showAugmentedBatch(context: Context, cfg: DarknetCfg, train: LabelledImages) {
  const { width, height } = cfg;
  const tiles: OverlayOptions[] = [];
  for (const [n, image] of train.images.slice(0, SHOWN).entries()) {
    const pixels = new Float32Array(width * height * 3);
    const decoded = await decodeImage(image.path, image.id, { width: 2 * width, height: 2 * height });
    const { originalWidth, originalHeight } = decoded;
    const stream = new RandomStream(context.seed, 'augment', 0, image.id);
    const drawn = drawAugmentation(stream, originalWidth, originalHeight, width, height, context.params.augment); // prettier-ignore
    augmentInto(pixels, width, height, decoded, drawn);
    const { boxes } = augmentObjects(
      image.objects,
      originalWidth,
      originalHeight,
      width,
      height,
      drawn.placement,
    );
    const rectangles = Array.from({ length: boxes.length / 4 }, (_, i) => {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(4 * i, 4 * i + 4);
      return `<rect x="${x0}" y="${y0}" width="${x1 - x0}" height="${y1 - y0}"/>`;
    });
    const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="none" stroke="#ffd500" stroke-width="2">${rectangles.join('')}</svg>`;
    const input = await sharp(Buffer.from(Uint8Array.from(pixels, (value) => Math.round(value * 255))), {
      raw: { width, height, channels: 3 },
    })
      .composite([{ input: Buffer.from(overlay) }])
      .png()
      .toBuffer();
    tiles.push({ input, left: (n % COLUMNS) * width, top: Math.floor(n / COLUMNS) * height });
  }
  const rows = Math.ceil(tiles.length / COLUMNS);
  const data = await sharp({
    create: { width: COLUMNS * width, height: rows * height, channels: 3, background: '#ffffff' },
  })
    .composite(tiles)
    .jpeg({ quality: 85 })
    .toBuffer();
  await context.exhibit({
    type: 'picture',
    title: 'What the network sees',
    caption: 'Training images as they are changed in the first epoch, with the boxes to find.',
    mediaType: 'image/jpeg',
    data,
  });
}

/** Shows the loss and the validation AP50 over the epochs. */
export async function showCurves(context: Context, { reports, bestAp50, bestEpoch }: Training) {
  const points = (value: (report: (typeof reports)[number]) => number | undefined): [number, number][] =>
    reports.flatMap((report) => {
      const y = value(report);
      return y === undefined ? [] : [[report.epoch, y]];
    });
  const loss = await lineChart({
    title: 'Training loss',
    xLabel: 'epoch',
    yLabel: 'loss an image',
    series: [
      { name: 'all', points: points((report) => report.loss) },
      { name: 'boxes', points: points((report) => report.box) },
      { name: 'objectness', points: points((report) => report.objectness) },
      { name: 'classes', points: points((report) => report.classes) },
    ],
  });
  const precision = await lineChart({
    title: 'Validation AP50',
    xLabel: 'epoch',
    yLabel: 'AP50',
    series: [{ name: 'AP50', points: points((report) => report.ap50) }],
  });
  await context.exhibit({
    type: 'figures',
    title: 'Training',
    figures: [
      { name: 'validation AP50', value: Number(bestAp50.toFixed(3)), note: `epoch ${bestEpoch}` },
      { name: 'loss at the end', value: Number((reports.at(-1)?.loss ?? NaN).toFixed(3)) },
    ],
  });
  for (const [title, data] of [
    ['Training loss', loss],
    ['Validation AP50', precision],
  ] as const)
    await context.exhibit({ type: 'picture', title, mediaType: 'image/svg+xml', data });
}
