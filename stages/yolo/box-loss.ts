/** A box by its centre and size: x, y, width, height, all in one unit. */
export type CentredBox = readonly [x: number, y: number, width: number, height: number];

interface BoxLoss {
  readonly loss: number;
  /** By x, y, width and height of the predicted box. */
  readonly slope: readonly [number, number, number, number];
}

/**
 * 1 − GIoU (Rezatofighi et al. 2019) or 1 − CIoU (Zheng et al. 2020) of two boxes, with its slope. CIoU's weight α of the
 * aspect term counts as a constant, as in its paper.
 * @param weight of the aspect term instead of CIoU's own (to check slopes numerically)
 */
export function overlapLoss(
  kind: 'giou' | 'ciou',
  found: CentredBox,
  truth: CentredBox,
  weight?: number,
): BoxLoss {
  const [x, y, width, height] = found;
  const [truthX, truthY, truthWidth, truthHeight] = truth;
  const across = overlapOf(x, width, truthX, truthWidth);
  const down = overlapOf(y, height, truthY, truthHeight);
  const shared = across.shared * down.shared;
  const joined = width * height + truthWidth * truthHeight - shared;
  const iou = shared / joined;
  // Slopes by x, y, width, height of the overlap, of the union, and of their quotient.
  const ofShared = [
    across.sharedByCentre * down.shared,
    down.sharedByCentre * across.shared,
    across.sharedBySize * down.shared,
    down.sharedBySize * across.shared,
  ] as const;
  const ofArea = [0, 0, height, width] as const;
  const ofJoined = ofShared.map((slope, i) => (ofArea[i] ?? 0) - slope);
  const ofIou = ofShared.map((slope, i) => (slope * joined - shared * (ofJoined[i] ?? 0)) / joined ** 2);
  if (kind === 'giou') {
    const hull = across.hull * down.hull;
    const ofHull = [
      across.hullByCentre * down.hull,
      down.hullByCentre * across.hull,
      across.hullBySize * down.hull,
      down.hullBySize * across.hull,
    ];
    const slope = ofIou.map(
      (value, i) => -(value + ((ofJoined[i] ?? 0) * hull - joined * (ofHull[i] ?? 0)) / hull ** 2),
    );
    return { loss: 2 - iou - joined / hull, slope: slope as [number, number, number, number] };
  }
  const apart = (x - truthX) ** 2 + (y - truthY) ** 2;
  const diagonal = across.hull ** 2 + down.hull ** 2;
  const ofApart = [2 * (x - truthX), 2 * (y - truthY), 0, 0];
  const ofDiagonal = [
    2 * across.hull * across.hullByCentre,
    2 * down.hull * down.hullByCentre,
    2 * across.hull * across.hullBySize,
    2 * down.hull * down.hullBySize,
  ];
  const turn = Math.atan2(truthWidth, truthHeight) - Math.atan2(width, height);
  const aspect = (4 / Math.PI ** 2) * turn ** 2;
  const alpha = weight ?? (aspect === 0 ? 0 : aspect / (1 - iou + aspect));
  const ofTurn = (8 / Math.PI ** 2) * turn * alpha;
  const length = width ** 2 + height ** 2;
  const ofAspect = [0, 0, (-ofTurn * height) / length, (ofTurn * width) / length];
  const slope = ofIou.map(
    (value, i) =>
      -value +
      ((ofApart[i] ?? 0) * diagonal - apart * (ofDiagonal[i] ?? 0)) / diagonal ** 2 +
      (ofAspect[i] ?? 0),
  );
  return {
    loss: 1 - iou + apart / diagonal + alpha * aspect,
    slope: slope as [number, number, number, number],
  };
}

/** What two spans of a line have in common and what both cover, with slopes by the first one's centre and size. */
function overlapOf(centre: number, size: number, otherCentre: number, otherSize: number) {
  const [low, high] = [centre - size / 2, centre + size / 2];
  const [otherLow, otherHigh] = [otherCentre - otherSize / 2, otherCentre + otherSize / 2];
  const shared = Math.min(high, otherHigh) - Math.max(low, otherLow);
  const meet = shared > 0;
  const [byLow, byHigh] = [meet && low > otherLow ? -1 : 0, meet && high < otherHigh ? 1 : 0];
  const [hullByLow, hullByHigh] = [low < otherLow ? -1 : 0, high > otherHigh ? 1 : 0];
  return {
    shared: Math.max(0, shared),
    sharedByCentre: byLow + byHigh,
    sharedBySize: (byHigh - byLow) / 2,
    hull: Math.max(high, otherHigh) - Math.min(low, otherLow),
    hullByCentre: hullByLow + hullByHigh,
    hullBySize: (hullByHigh - hullByLow) / 2,
  };
}
