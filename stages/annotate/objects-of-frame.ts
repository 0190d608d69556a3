import type { FrameRecord } from '../lib/dataset/frame-record.js';
import type { BoxXyxyPx, Keypoints, ObjectRecord } from '../lib/dataset/record.js';
import type { InstanceMask } from '../lib/imaging/masks.js';
import { boxesFromMask } from './boxes-from-mask.js';

export interface AnnotationLimits {
  /** An object of which a smaller share can be seen is dropped. */
  readonly minVisible: number;
  /** An object with fewer visible pixels is dropped. */
  readonly minPixels: number;
  /** Only these; all when undefined. */
  readonly classes?: readonly string[] | undefined;
}

export type DropReason = 'out of sight' | 'hidden' | 'small' | 'other class';

export interface FrameObjects {
  readonly kept: readonly ObjectRecord[];
  readonly dropped: readonly DropReason[];
}

/** The mask and the record of a frame do not belong together: one of them is damaged or incomplete. */
class MaskMismatchError extends Error {
  override readonly name = 'MaskMismatchError';
}

/** How far, in pixels, an object must reach over the image's edge to count as cut off: projections round. */
const edgeTolerancePx = 0.5;

/**
 * The objects of a frame as a dataset has them: tight boxes of what the mask shows.
 * @throws MaskMismatchError
 */
export function objectsOfFrame(
  mask: InstanceMask,
  record: FrameRecord,
  limits: AnnotationLimits,
): FrameObjects {
  if (mask.width !== record.width || mask.height !== record.height)
    throw new MaskMismatchError(
      `the mask has ${mask.width} × ${mask.height} pixels, the frame ${record.width} × ${record.height}`,
    );
  const visible = new Map(boxesFromMask(mask).map((entry) => [entry.instance, entry]));
  const kept: ObjectRecord[] = [];
  const dropped: DropReason[] = [];
  for (const object of record.objects) {
    const seen = visible.get(object.instance);
    visible.delete(object.instance);
    const areaPx = seen?.areaPx ?? 0;
    if (areaPx !== object.pixelsVisible)
      throw new MaskMismatchError(
        `the mask shows ${areaPx} pixels of instance ${object.instance}, the record ${object.pixelsVisible}`,
      );
    const visibleFraction = seen ? areaPx / Math.max(object.pixelsAlone, areaPx) : 0;
    const reason = dropReason(object.class, areaPx, visibleFraction, limits);
    if (!seen || reason !== undefined) {
      dropped.push(reason ?? 'out of sight');
      continue;
    }
    kept.push({
      box: seen.box,
      class: object.class,
      visibleFraction,
      truncated: object.amodalBox === null || reachesOver(object.amodalBox, record),
      areaPx,
      ...(object.amodalBox === null ? {} : { amodalBox: object.amodalBox }),
      ...(object.keypoints === undefined ? {} : { keypoints: insideOf(object.keypoints, record) }),
      attributes: object.attributes,
    });
  }
  const [unknown] = visible.keys();
  if (unknown !== undefined)
    throw new MaskMismatchError(`the mask shows instance ${unknown}, which the record does not know`);
  return { kept, dropped };
}

function dropReason(
  className: string,
  areaPx: number,
  visibleFraction: number,
  limits: AnnotationLimits,
): DropReason | undefined {
  if (limits.classes && !limits.classes.includes(className)) return 'other class';
  if (areaPx === 0) return 'out of sight';
  if (visibleFraction < limits.minVisible) return 'hidden';
  return areaPx < limits.minPixels ? 'small' : undefined;
}

/** Points outside of the image are not known, as COCO has it: [0, 0, 0]. */
function insideOf(
  keypoints: Keypoints,
  { width, height }: { readonly width: number; readonly height: number },
): Keypoints {
  return Object.fromEntries(
    Object.entries(keypoints).map(([name, [x, y, visibility]]) => [
      name,
      x >= 0 && y >= 0 && x < width && y < height && visibility > 0 ? [x, y, visibility] : [0, 0, 0],
    ]),
  );
}

function reachesOver(
  [xmin, ymin, xmax, ymax]: BoxXyxyPx,
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  return (
    xmin < -edgeTolerancePx ||
    ymin < -edgeTolerancePx ||
    xmax > width + edgeTolerancePx ||
    ymax > height + edgeTolerancePx
  );
}
