import type { BoxXyxyPx, Keypoints, ObjectRecord } from '../dataset/record.js';

/** Maps a point of one picture to the same point of another: the picture turned, mirrored or scaled. */
export type MovePoint = (x: number, y: number) => readonly [x: number, y: number];

/**
 * An object with all its points moved. An outline of run lengths cannot be moved point by point; it goes out, and the
 * caller says so.
 * @param areaFactor what the move does to areas
 */
export function moveObject(object: ObjectRecord, move: MovePoint, areaFactor: number): ObjectRecord {
  const { segmentation, keypoints, areaPx, amodalBox, ...rest } = object;
  return {
    ...rest,
    box: moveBox(object.box, move),
    ...(areaPx === undefined ? {} : { areaPx: areaPx * areaFactor }),
    ...(amodalBox === undefined ? {} : { amodalBox: moveBox(amodalBox, move) }),
    ...(segmentation !== undefined && 'polygons' in segmentation
      ? { segmentation: { polygons: segmentation.polygons.map((polygon) => movePolygon(polygon, move)) } }
      : {}),
    ...(keypoints === undefined ? {} : { keypoints: moveKeypoints(keypoints, move) }),
  };
}

function moveBox([x0, y0, x1, y1]: BoxXyxyPx, move: MovePoint): BoxXyxyPx {
  const [ax, ay] = move(x0, y0);
  const [bx, by] = move(x1, y1);
  // Mirroring swaps the corners.
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** @param polygon x1, y1, x2, y2, … */
function movePolygon(polygon: readonly number[], move: MovePoint): number[] {
  const moved: number[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) moved.push(...move(polygon[i] ?? 0, polygon[i + 1] ?? 0));
  return moved;
}

function moveKeypoints(keypoints: Keypoints, move: MovePoint): Keypoints {
  return Object.fromEntries(
    Object.entries(keypoints).map(([name, [x, y, seen]]) => {
      const [mx, my] = move(x, y);
      return [name, seen === 0 ? [x, y, seen] : [mx, my, seen]];
    }),
  );
}
