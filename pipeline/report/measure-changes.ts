import type { RunMeasure } from './measures.js';

/** How a measure changed from one run to the next. */
export interface MeasureChange {
  readonly stage: string;
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** after − before. */
  readonly change: number;
  /**
   * 95 % of the change over the same draws of the same test data; null where the two runs were tested on other data,
   * so that draws cannot be subtracted.
   */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** `same` where chance in the test data may explain it. */
  readonly judgement: 'better' | 'worse' | 'same';
}

/**
 * The measures that both runs have, in the order of the later one, and what became of them. With common draws a change
 * counts when its interval leaves out nought; without, when the new value lies outside the old one's interval.
 */
export function measureChanges(
  before: ReadonlyMap<string, RunMeasure>,
  after: ReadonlyMap<string, RunMeasure>,
): readonly MeasureChange[] {
  return [...after].flatMap(([key, now]): MeasureChange[] => {
    const was = before.get(key);
    if (!was) return [];
    const interval = pairedInterval(was, now);
    const sign = now.better === 'higher' ? 1 : -1;
    const [low, high] = interval
      ? [interval.low, interval.high]
      : [now.value - was.high, now.value - was.low];
    const moved = low > 0 ? sign : high < 0 ? -sign : 0;
    return [
      {
        stage: now.stage,
        name: now.name,
        before: was.value,
        after: now.value,
        change: now.value - was.value,
        interval,
        judgement: moved === 0 ? 'same' : moved > 0 ? 'better' : 'worse',
      },
    ];
  });
}

function pairedInterval(was: RunMeasure, now: RunMeasure): MeasureChange['interval'] {
  if (was.drawnFrom !== now.drawnFrom || was.draws.length !== now.draws.length || now.draws.length === 0)
    return null;
  const differences = now.draws.map((value, draw) => value - (was.draws[draw] ?? NaN)).sort((a, b) => a - b);
  return { low: quantile(differences, 0.025), high: quantile(differences, 0.975) };
}

/** By linear interpolation between the sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [a = 0, b = 0] = [sorted[low], sorted[Math.min(low + 1, sorted.length - 1)]];
  return a + (b - a) * (place - low);
}
