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
  const { boxEdges, outside, colour, recallBefore, recallAfter, newDetections } = measures;
  const reasons: string[] = [];
  const figure = (value: number): string => value.toFixed(2);
  if (boxEdges !== undefined && boxEdges < least.boxEdges)
    reasons.push(`edges inside a box agree by ${figure(boxEdges)}, below ${least.boxEdges}`);
  if (outside !== undefined && outside < least.outside)
    reasons.push(`edges outside the boxes agree by ${figure(outside)}, below ${least.outside}`);
  if (colour < least.colour)
    reasons.push(`colours vary ${figure(colour)} times as much, below ${least.colour}`);
  if (
    recallBefore !== undefined &&
    recallAfter !== undefined &&
    recallBefore - recallAfter > least.lostRecall
  )
    reasons.push(`the detector finds ${figure(recallAfter)} of the objects, before ${figure(recallBefore)}`);
  if (newDetections !== undefined && newDetections > least.newDetections)
    reasons.push(`the detector finds ${newDetections} objects that are none`);
  return reasons;
}
