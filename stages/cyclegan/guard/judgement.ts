import type { GuardMeasures } from './measure.js';

/** What a translation must keep. */
export interface GuardThresholds {
  readonly boxEdges: number;
  readonly outside: number;
  readonly colour: number;
  readonly lostRecall: number;
  readonly newDetections: number;
}

/** Why a translation is rejected, in words; empty for one that passes. */
export function reasonsAgainst(measures: GuardMeasures, least: GuardThresholds): string[] {
  return [...reasonsOfPixels(measures, least), ...reasonsOfDetector(measures, least)];
}

/** Those that stand without a detector. */
export function reasonsOfPixels(
  { boxEdges, outside, colour }: GuardMeasures,
  least: GuardThresholds,
): string[] {
  const reasons: string[] = [];
  if (boxEdges !== undefined && boxEdges < least.boxEdges)
    reasons.push(`edges inside a box agree by ${below(boxEdges, least.boxEdges)}`);
  if (outside !== undefined && outside < least.outside)
    reasons.push(`edges outside the boxes agree by ${below(outside, least.outside)}`);
  if (colour < least.colour) reasons.push(`colours vary by ${below(colour, least.colour)} of the original’s`);
  return reasons;
}

function reasonsOfDetector(
  { recallBefore, recallAfter, newDetections }: GuardMeasures,
  least: GuardThresholds,
): string[] {
  const reasons: string[] = [];
  if (
    recallBefore !== undefined &&
    recallAfter !== undefined &&
    recallBefore - recallAfter > least.lostRecall
  )
    reasons.push(
      `the detector finds ${recallAfter.toFixed(2)} of the objects, before ${recallBefore.toFixed(2)}`,
    );
  if (newDetections !== undefined && newDetections > least.newDetections)
    reasons.push(
      `the detector finds ${newDetections} ${newDetections === 1 ? 'object that is' : 'objects that are'} none`,
    );
  return reasons;
}

/** With so many decimals that it does not read like the threshold itself. */
function below(value: number, least: number): string {
  let digits = 2;
  while (digits < 6 && Number(value.toFixed(digits)) >= least) digits++;
  return `${value.toFixed(digits)}, below ${least}`;
}
