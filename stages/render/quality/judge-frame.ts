import type { FrameRecord } from '../../lib/dataset/frame-record.js';
import type { BoxXyxyPx } from '../../lib/dataset/record.js';
import type { MeasuredFrame } from '../frame-result.js';
import type { QualityParams } from '../quality-params.js';

/** What can be wrong with a frame, in the order in which it is told. */
export const qualityChecks = {
  empty: 'show no target',
  black: 'are black',
  blownOut: 'are blown out',
  pink: 'show the pink of a missing texture',
  maskAgainstBox: 'have a mask that does not agree with its box',
  strayParts: 'have stray parts in a mask',
} as const;
export type QualityCheck = keyof typeof qualityChecks;

/** One doubt about a frame, with the figure that raised it. */
export interface Doubt {
  readonly check: QualityCheck;
  readonly detail: string;
}

/** An object of which nothing less is hidden should fill its box. */
const unhiddenShare = 0.98;
/** Thin tips of a shape cover no pixel's centre: a mask may stay so much inside of its box, as a share of its side. */
const tipShare = 0.05;
/** Boxes of a few pixels say nothing about agreement. */
const comparedFromPx = 12;

/** What is doubtful about a frame. Pure: the same measurements serve any thresholds. */
export function judgeFrame(record: FrameRecord, measured: MeasuredFrame, limits: QualityParams): Doubt[] {
  const doubts: Doubt[] = [];
  if (measured.objects.length === 0) doubts.push({ check: 'empty', detail: 'no target is in sight' });
  if (measured.dark >= limits.black)
    doubts.push({ check: 'black', detail: `${percent(measured.dark)} of its pixels are black` });
  if (measured.bright >= limits.blownOut)
    doubts.push({ check: 'blownOut', detail: `${percent(measured.bright)} of its pixels are white` });
  if (measured.pink >= limits.pink)
    doubts.push({ check: 'pink', detail: `${percent(measured.pink)} of its pixels are pink` });
  const objects = new Map(record.objects.map((object) => [object.instance, object]));
  for (const seen of measured.objects) {
    const object = objects.get(seen.instance);
    if (!object) {
      doubts.push({
        check: 'maskAgainstBox',
        detail: `the mask shows instance ${seen.instance}, which the record does not know`,
      });
      continue;
    }
    const problem = boxProblem(object, seen, record, limits.boxTolerancePx);
    if (problem !== undefined)
      doubts.push({ check: 'maskAgainstBox', detail: `${object.class} ${seen.instance}: ${problem}` });
    const stray = strayShare(object.amodalBox, seen, limits.boxTolerancePx);
    if (stray >= limits.strayShare && stray > 0)
      doubts.push({
        check: 'strayParts',
        detail: `${object.class} ${seen.instance}: ${percent(stray)} of its pixels lie apart, outside of its box`,
      });
  }
  return doubts;
}

function boxProblem(
  object: FrameRecord['objects'][number],
  seen: MeasuredFrame['objects'][number],
  { width, height }: FrameRecord,
  tolerancePx: number,
): string | undefined {
  if (seen.areaPx !== object.pixelsVisible)
    return `the mask shows ${seen.areaPx} pixels, the record ${object.pixelsVisible}`;
  if (object.amodalBox === null) return 'it is seen, and its box is behind the camera';
  const [xmin, ymin, xmax, ymax] = object.amodalBox;
  const expected: BoxXyxyPx = [
    Math.max(0, xmin),
    Math.max(0, ymin),
    Math.min(width, xmax),
    Math.min(height, ymax),
  ];
  // Above 0: the mask reaches over the box; below: it stays inside of it.
  const over = [
    expected[0] - seen.box[0],
    expected[1] - seen.box[1],
    seen.box[2] - expected[2],
    seen.box[3] - expected[3],
  ];
  const most = Math.max(...over);
  if (most > tolerancePx) return `its mask reaches ${most.toFixed(1)} px over its box`;
  // Where the image's upper or lower edge cuts an object, the part that reaches farthest to the sides may be what is cut
  // off, and the other way round: such sides of the box say nothing about the mask.
  const cutAcross = xmin < 0 || xmax > width;
  const cutUpright = ymin < 0 || ymax > height;
  const compared = over.filter((_, side) => !(side % 2 === 0 ? cutUpright : cutAcross));
  const longerSidePx = Math.max(expected[2] - expected[0], expected[3] - expected[1]);
  if (object.pixelsVisible < unhiddenShare * object.pixelsAlone || longerSidePx < comparedFromPx)
    return undefined;
  const least = Math.min(0, ...compared);
  if (-least > tolerancePx + tipShare * longerSidePx)
    return `nothing hides it, and its mask stays ${(-least).toFixed(1)} px inside of its box`;
  return undefined;
}

/** The share of an object's pixels in parts whose middle is outside of its box. */
function strayShare(
  amodalBox: BoxXyxyPx | null,
  seen: MeasuredFrame['objects'][number],
  tolerancePx: number,
): number {
  if (amodalBox === null) return 0;
  let strayPx = 0;
  for (const [box, areaPx] of seen.parts) {
    const x = (box[0] + box[2]) / 2;
    const y = (box[1] + box[3]) / 2;
    const inside =
      x >= amodalBox[0] - tolerancePx &&
      x <= amodalBox[2] + tolerancePx &&
      y >= amodalBox[1] - tolerancePx &&
      y <= amodalBox[3] + tolerancePx;
    if (!inside) strayPx += areaPx;
  }
  return strayPx / seen.areaPx;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
