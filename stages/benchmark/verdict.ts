import type { ArmResult } from './compare-arms.js';

/**
 * What a reader should take home, in sentences: which arm is best, and for each arm whether it differs from the
 * baseline by more than chance in the test images explains.
 */
export function verdictLines(results: readonly ArmResult[], baseline: string | undefined): string[] {
  const [best] = results;
  if (!best) return [];
  const { low, high } = best.AP50.interval;
  const lines = [
    `Best: ${best.name}, AP50 ${best.AP50.mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}].`,
  ];
  if (baseline === undefined) return lines;
  for (const { name, difference } of results) {
    if (!difference) continue;
    const { mean, interval } = difference.AP50;
    const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
    const range = `${signed(mean)} [${signed(interval.low)}, ${signed(interval.high)}]`;
    if (interval.low > 0) lines.push(`${name} is better than ${baseline}: AP50 ${range}.`);
    else if (interval.high < 0) lines.push(`${name} is worse than ${baseline}: AP50 ${range}.`);
    else lines.push(`${name} cannot be told from ${baseline} on these images: AP50 ${range}.`);
  }
  return lines;
}
