/** .5, .55 … .95 as numpy.linspace spells them. */
export const iouThresholds = linspace(0.5, 0.95, 10);
export const areaNames = ['all', 'small', 'medium', 'large'] as const;
/** Both bounds belong to the range: an object of 32² pixels is small and medium. */
export const areaBoundsPx: readonly (readonly [number, number])[] = [
  [0, 1e10],
  [0, 32 ** 2],
  [32 ** 2, 96 ** 2],
  [96 ** 2, 1e10],
];
/** Detections that count, per image and class. */
export const maxDetections = 100;

/** count numbers from first to last, by numpy.linspace's arithmetic: what is equal there is equal here. */
export function linspace(first: number, last: number, count: number): Float64Array {
  const step = (last - first) / (count - 1);
  const values = Float64Array.from({ length: count }, (_, index) => first + index * step);
  values[count - 1] = last;
  return values;
}
