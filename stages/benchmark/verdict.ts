import type { ArmFigure, ArmResult } from './compare-arms.js';

/** Below this, no arm has learnt to detect: whatever they differ by is noise of detectors that find nothing. */
const leastAp50 = 0.05;

/** So many standard errors of the difference over seeds are not put down to the seeds. */
const standardErrors = 2;

/**
 * What a reader should take home, in sentences: which arm is best, and for each arm whether it differs from the
 * baseline by more than explains what images happened to be tested, and which seeds happened to be trained.
 */
export function verdictLines(results: readonly ArmResult[], baseline: string | undefined): string[] {
  const [best] = results;
  if (!best) return [];
  const { mean, interval } = best.AP50;
  const best50 = `AP50 ${mean.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
  if (mean < leastAp50)
    return [
      `No arm has learnt to detect: the best, ${best.name}, has ${best50}. What such detectors differ by says nothing.`,
    ];
  const base = results.find(({ name }) => name === baseline);
  return [`Best: ${best.name}, ${best50}.`, ...results.flatMap((arm) => (base ? comparison(arm, base) : []))];
}

function comparison({ name, difference, AP50, repetitions }: ArmResult, base: ArmResult): string[] {
  if (!difference) return [];
  const { mean, interval } = difference.AP50;
  const range = `AP50 ${signed(mean)} [${signed(interval.low)}, ${signed(interval.high)}]`;
  if (interval.low <= 0 && interval.high >= 0)
    return [`${name} cannot be told from ${base.name} on these images: ${range}.`];
  const found = `${name} is ${mean > 0 ? 'better' : 'worse'} than ${base.name}`;
  const scatter = standardError(AP50, repetitions, base);
  if (scatter === undefined)
    return [`${found} on these images: ${range}. One seed: another may turn it round.`];
  if (Math.abs(mean) < standardErrors * scatter)
    return [
      `${found} on these images: ${range}. The seeds scatter as much (±${scatter.toFixed(3)}): more are needed.`,
    ];
  return [`${found}: ${range}.`];
}

/** Of the difference of two means over seeds; undefined when an arm has a single one. */
function standardError(own: ArmFigure, repetitions: number, base: ArmResult): number | undefined {
  const { deviation } = base.AP50;
  if (own.deviation === null || deviation === null) return undefined;
  return Math.sqrt(own.deviation ** 2 / repetitions + deviation ** 2 / base.repetitions);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
