import type { StageContext } from '../../../pipeline/stage/context.js';
import type { FrameRecord } from '../../lib/dataset/frame-record.js';
import { barChart, lineChart } from '../../lib/plots/charts.js';
import type { MeasuredFrame } from '../frame-result.js';

const sizeBoundsPx = [8, 16, 32, 64, 128, 256, 512];
const shareBins = 10;

/** Counts of visible boxes by size, place and visibility, over all frames. */
export class BoxHistograms {
  readonly #sizes = new Array<number>(sizeBoundsPx.length + 1).fill(0);
  readonly #x = new Array<number>(shareBins).fill(0);
  readonly #y = new Array<number>(shareBins).fill(0);
  readonly #visibility = new Array<number>(shareBins).fill(0);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(record: FrameRecord, measured: MeasuredFrame): void {
    const alone = new Map(record.objects.map(({ instance, pixelsAlone }) => [instance, pixelsAlone]));
    for (const { instance, box, areaPx } of measured.objects) {
      this.#count++;
      const sidePx = Math.max(box[2] - box[0], box[3] - box[1]);
      const bin = sizeBoundsPx.findIndex((bound) => sidePx < bound);
      increase(this.#sizes, bin < 0 ? sizeBoundsPx.length : bin);
      increase(this.#x, binOf((box[0] + box[2]) / 2 / record.width));
      increase(this.#y, binOf((box[1] + box[3]) / 2 / record.height));
      increase(this.#visibility, binOf(areaPx / Math.max(areaPx, alone.get(instance) ?? 0)));
    }
  }

  /** Puts them into the report; nothing without a box. */
  async show(context: StageContext<unknown>): Promise<void> {
    if (this.#count === 0) return;
    const picture = { type: 'picture', mediaType: 'image/svg+xml' } as const;
    await context.exhibit({
      ...picture,
      title: 'Sizes of boxes',
      caption: `The longer side of ${this.#count} visible boxes.`,
      data: await barChart({
        xLabel: 'longer side (px)',
        yLabel: 'boxes',
        bars: this.#sizes.map((value, bin) => ({ name: sizeName(bin), value })),
      }),
    });
    await context.exhibit({
      ...picture,
      title: 'Places of boxes',
      caption:
        'Where the middles of visible boxes are: 0 is the left or upper edge, 1 the right or lower one.',
      data: await lineChart({
        xLabel: 'share of the width or height',
        yLabel: 'boxes',
        xDomain: [0, 1],
        series: [
          { name: 'across', points: this.#x.map((value, bin) => [middleOf(bin), value] as const) },
          { name: 'down', points: this.#y.map((value, bin) => [middleOf(bin), value] as const) },
        ],
      }),
    });
    await context.exhibit({
      ...picture,
      title: 'Visibility',
      caption:
        'Which share of its own pixels each object shows; objects of which nothing is seen are left out.',
      data: await barChart({
        xLabel: 'visible share',
        yLabel: 'boxes',
        bars: this.#visibility.map((value, bin) => ({
          name: `${(bin / shareBins).toFixed(1)}–${((bin + 1) / shareBins).toFixed(1)}`,
          value,
        })),
      }),
    });
  }
}

function binOf(share: number): number {
  return Math.min(shareBins - 1, Math.max(0, Math.floor(share * shareBins)));
}

function middleOf(bin: number): number {
  return (bin + 0.5) / shareBins;
}

function increase(counts: number[], bin: number): void {
  counts[bin] = (counts[bin] ?? 0) + 1;
}

function sizeName(bin: number): string {
  const low = sizeBoundsPx[bin - 1];
  const high = sizeBoundsPx[bin];
  if (low === undefined) return `< ${high}`;
  return high === undefined ? `≥ ${low}` : `${low}–${high}`;
}
