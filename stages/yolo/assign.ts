import type { YoloLayer } from '../lib/darknet/layer-types.js';
import type { Place } from '../lib/darknet/place-box.js';
import { centredIou } from '../lib/metrics/iou.js';

/** The objects of one image as the network sees it: shares of the input, centre and size, four numbers each. */
export interface ImageTruth {
  /** x, y, width, height; 0–1 */
  readonly boxes: Float32Array;
  readonly classes: Int32Array;
}

/** A place of a head that is to find an object. */
export interface Assignment extends Place {
  /** Index of the object in its image. */
  readonly object: number;
}

/** The rows and columns of a head's output. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Which place of a head answers for which object, as darknet: the one anchor of all the network's whose size, centred
 * on the object, overlaps it best (the first of equals), in the cell that holds the object's centre. Objects whose best
 * anchor belongs to another head are not this head's. Where the cfg has `iou_thresh`, other anchors of this head that
 * overlap the object by more than it answer too (AlexeyAB's yolo layer): more to learn from in few steps. There is no
 * upper number of objects.
 */
export function assignObjects(
  layer: YoloLayer,
  grid: Grid,
  inputWidth: number,
  inputHeight: number,
  truth: ImageTruth,
): Assignment[] {
  const assignments: Assignment[] = [];
  for (let object = 0; object < truth.classes.length; object++) {
    const [x = 0, y = 0, width = 0, height = 0] = truth.boxes.subarray(4 * object, 4 * object + 4);
    const overlaps = layer.anchors.map(([anchorWidth, anchorHeight]) =>
      centredIou(width * inputWidth, height * inputHeight, anchorWidth, anchorHeight),
    );
    const best = overlaps.indexOf(Math.max(...overlaps));
    // A centre on the right or lower edge belongs to the last cell.
    const column = Math.min(grid.columns - 1, Math.floor(x * grid.columns));
    const row = Math.min(grid.rows - 1, Math.floor(y * grid.rows));
    for (const [slot, anchor] of layer.mask.entries())
      if (anchor === best || (overlaps[anchor] ?? 0) > layer.alsoThreshold)
        assignments.push({ object, row, column, slot });
  }
  return assignments;
}
