import type { Keypoints } from '../dataset/record.js';

/** COCO's skeleton, by the names of the points that each bone joins. */
const bones = [
  ['left_ankle', 'left_knee'],
  ['left_knee', 'left_hip'],
  ['right_ankle', 'right_knee'],
  ['right_knee', 'right_hip'],
  ['left_hip', 'right_hip'],
  ['left_shoulder', 'left_hip'],
  ['right_shoulder', 'right_hip'],
  ['left_shoulder', 'right_shoulder'],
  ['left_shoulder', 'left_elbow'],
  ['right_shoulder', 'right_elbow'],
  ['left_elbow', 'left_wrist'],
  ['right_elbow', 'right_wrist'],
  ['nose', 'left_eye'],
  ['nose', 'right_eye'],
  ['left_eye', 'left_ear'],
  ['right_eye', 'right_ear'],
] as const;

const radiusPx = 2.5;

/**
 * A body's points and bones as elements of an SVG of the shown size: what is seen is filled, what is hidden hollow;
 * what is not known is left out.
 * @param scale shown pixels a pixel of the picture
 */
export function keypointsAsSvg(keypoints: Keypoints, colour: string, scale: number): string {
  const known = new Map(Object.entries(keypoints).filter(([, [, , visibility]]) => visibility > 0));
  const lines = bones.flatMap(([from, to]) => {
    const a = known.get(from);
    const b = known.get(to);
    if (!a || !b) return [];
    const dashes = a[2] === 2 && b[2] === 2 ? '' : ' stroke-dasharray="3 3"';
    return [
      `<line x1="${round(a[0] * scale)}" y1="${round(a[1] * scale)}" x2="${round(b[0] * scale)}" ` +
        `y2="${round(b[1] * scale)}" stroke="${colour}" stroke-width="1.5"${dashes}/>`,
    ];
  });
  const points = [...known.values()].map(
    ([x, y, visibility]) =>
      `<circle cx="${round(x * scale)}" cy="${round(y * scale)}" r="${radiusPx}" stroke="white" ` +
      `stroke-width="0.8" fill="${visibility === 2 ? colour : 'none'}"/>`,
  );
  return [...lines, ...points].join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
