import type { BoxXyxyPx } from '../dataset/record.js';
import type { CountedNotes } from './counted-notes.js';
import { optionWords } from './option-words.js';

/**
 * How a format counts pixels. Pascal VOC is one-based and inclusive: xmin = 1 is the first pixel, xmax = width the
 * last one. As edges (ours: 0 is the image's left edge, the width its right one) that is xmin − 1 and xmax: a box
 * loses one at its minimum and nothing at its maximum. Many tools write the edges themselves.
 */
export type PixelConvention = 'zero-based' | 'one-based';

/** The edges of a box as a format of this convention writes it. A zero where pixels begin at 1 is counted and kept inside. */
export function edgesOf(
  box: BoxXyxyPx,
  convention: PixelConvention,
  where: string,
  notes: CountedNotes,
): BoxXyxyPx {
  if (convention === 'zero-based') return box;
  const [xmin, ymin, xmax, ymax] = box;
  const beginsAtZero = (xmin >= 0 && xmin < 1) || (ymin >= 0 && ymin < 1);
  if (beginsAtZero)
    notes.count(
      '{n} boxes begin before pixel 1, the first one in Pascal VOC, and are taken to begin at the edge; if the ' +
        `whole dataset counts from 0, say ${optionWords('pixels', 'zero-based')}`,
      where,
    );
  const edge = (value: number): number => (value >= 0 && value < 1 ? 0 : value - 1);
  return [edge(xmin), edge(ymin), xmax, ymax];
}

/** The reverse of `edgesOf`. */
export function pixelsOf([xmin, ymin, xmax, ymax]: BoxXyxyPx, convention: PixelConvention): BoxXyxyPx {
  return convention === 'zero-based' ? [xmin, ymin, xmax, ymax] : [xmin + 1, ymin + 1, xmax, ymax];
}
