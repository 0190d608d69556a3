import { z } from 'zod';
import { concurrently } from '../../../../pipeline/core/concurrently.js';
import { addTo, emptyHistogram, evenBounds, histogramSchema } from './histogram.js';

const channels = z.tuple([z.number(), z.number(), z.number()]);

/** What the images of a dataset look like as a whole; 0–1 throughout. */
export const colourStatisticsSchema = z.strictObject({
  /** How many images were looked at. */
  images: z.number().int(),
  unreadable: z.number().int(),
  /** Red, green, blue over all pixels. */
  mean: channels,
  deviation: channels,
  brightness: histogramSchema.describe('Images by their mean brightness'),
  contrast: histogramSchema.describe('Images by the deviation of their brightness'),
  saturation: histogramSchema.describe('Images by their mean saturation'),
});
export type ColourStatistics = z.infer<typeof colourStatisticsSchema>;

/** Images are looked at this small: colours stay, noise goes. */
const sidePx = 64;
const imagesAtOnce = 4;

/**
 * Looks at image files.
 * @param paths the files, in an order that does not matter to the result
 */
export async function colourStatistics(
  paths: readonly string[],
  context: { readonly signal: AbortSignal; onLooked?(done: number): void },
): Promise<ColourStatistics> {
  const looks: (Look | undefined)[] = new Array<undefined>(paths.length);
  let done = 0;
  await concurrently([...paths.entries()], imagesAtOnce, async ([index, path]) => {
    context.signal.throwIfAborted();
    looks[index] = await lookAt(path).catch(() => undefined);
    context.onLooked?.(++done);
  });
  const statistics: ColourStatistics = {
    images: 0,
    unreadable: 0,
    mean: [0, 0, 0],
    deviation: [0, 0, 0],
    brightness: emptyHistogram(evenBounds(0, 1, 20)),
    contrast: emptyHistogram(evenBounds(0, 0.5, 20)),
    saturation: emptyHistogram(evenBounds(0, 1, 20)),
  };
  const [sums, squares] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const look of looks) {
    if (!look) {
      statistics.unreadable += 1;
      continue;
    }
    statistics.images += 1;
    addTo(statistics.brightness, look.brightness);
    addTo(statistics.contrast, look.contrast);
    addTo(statistics.saturation, look.saturation);
    for (let channel = 0; channel < 3; channel++) {
      sums[channel] = (sums[channel] ?? 0) + (look.mean[channel] ?? 0);
      squares[channel] = (squares[channel] ?? 0) + (look.square[channel] ?? 0);
    }
  }
  const count = Math.max(1, statistics.images);
  const mean = sums.map((sum) => sum / count);
  const rounded = (value: number): number => Number(value.toFixed(4));
  const three = (of: (channel: number) => number): [number, number, number] => [
    rounded(of(0)),
    rounded(of(1)),
    rounded(of(2)),
  ];
  return {
    ...statistics,
    mean: three((channel) => mean[channel] ?? 0),
    deviation: three((channel) =>
      Math.sqrt(Math.max(0, (squares[channel] ?? 0) / count - (mean[channel] ?? 0) ** 2)),
    ),
  };
}

interface Look {
  readonly mean: readonly number[];
  /** Mean of the squares. */
  readonly square: readonly number[];
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

async function lookAt(path: string): Promise<Look> {
  const { decodeImage } = await import('../../imaging/decode-image.js');
  const { data } = await decodeImage(path, path, { width: sidePx, height: sidePx });
  const [mean, square] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  let [light, lightSquare, saturation] = [0, 0, 0];
  const count = data.length / 3;
  for (let pixel = 0; pixel < count; pixel++) {
    const [red, green, blue] = [0, 1, 2].map((channel) => (data[pixel * 3 + channel] ?? 0) / 255) as [
      number,
      number,
      number,
    ];
    for (const [channel, value] of [red, green, blue].entries()) {
      mean[channel] = (mean[channel] ?? 0) + value / count;
      square[channel] = (square[channel] ?? 0) + value ** 2 / count;
    }
    const brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
    light += brightness / count;
    lightSquare += brightness ** 2 / count;
    const most = Math.max(red, green, blue);
    saturation += most === 0 ? 0 : (most - Math.min(red, green, blue)) / most / count;
  }
  return {
    mean,
    square,
    brightness: light,
    contrast: Math.sqrt(Math.max(0, lightSquare - light ** 2)),
    saturation,
  };
}
