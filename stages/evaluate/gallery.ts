import type { BoxXyxyPx, DatasetRecord } from '../lib/dataset/record.js';
import { contactSheet } from '../lib/imaging/contact-sheet.js';
import { drawBoxes, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { cornersOf } from '../lib/metrics/iou.js';
import type { ErrorAnalysis, ErrorType } from '../lib/metrics/error-types.js';

/** One picture of the gallery: an error, and what surrounds it. */
export interface GalleryEntry {
  readonly image: number;
  readonly class: string;
  readonly label: string;
  readonly boxes: readonly DrawnBox[];
  /** What the picture is cut around. */
  readonly focus: BoxXyxyPx;
}

const colours = { truth: '#2f8fd0', missed: '#d6338a', wrong: '#f08c00' } as const;
const tilePx = 200;
const columns = 6;
/** So much of what surrounds a box is shown, as a multiple of its longer side; never less than this many pixels. */
const surroundings = 2.2;
const leastSidePx = 96;

/**
 * The worst errors of a type: the surest of what is wrong, the largest of what is missed; the classes take turns, so
 * that a frequent one does not crowd out the others.
 */
export function worstOf(
  type: ErrorType,
  evaluation: BoxEvaluation,
  analysis: ErrorAnalysis,
  classes: readonly string[],
  count: number,
): GalleryEntry[] {
  const { truth, detections } = evaluation;
  const nameOf = (k: number | undefined): string => classes[k ?? -1] ?? String(k);
  const truthBox = (g: number): BoxXyxyPx => cornersOf(truth.boxesXywhPx, g);
  if (type === 'missed') {
    const areaOf = (g: number): number => truth.areaPx[g] as number;
    const largest = [...analysis.missed].sort((a, b) => areaOf(b) - areaOf(a) || a - b);
    const entries = largest.map((g): GalleryEntry => {
      const name = nameOf(truth.class[g]);
      const box = truthBox(g);
      return {
        image: truth.image[g] as number,
        class: name,
        label: name,
        boxes: [{ box, label: '', colour: colours.missed }],
        focus: box,
      };
    });
    return inTurns(entries, count);
  }
  const entries = analysis.wrong
    .filter((one) => one.type === type)
    .map(({ detection, truth: g, iou }): GalleryEntry => {
      const name = nameOf(detections.class[detection]);
      const box = cornersOf(detections.boxesXywhPx, detection);
      const overlap = iou > 0 ? `, IoU ${iou.toFixed(2)}` : '';
      const against =
        g >= 0 && truth.class[g] !== detections.class[detection] ? ` for ${nameOf(truth.class[g])}` : '';
      return {
        image: detections.image[detection] as number,
        class: name,
        label: `${name}${against} ${(detections.score[detection] as number).toFixed(2)}${overlap}`,
        boxes: [
          ...(g >= 0 ? [{ box: truthBox(g), label: '', colour: colours.truth }] : []),
          { box, label: '', colour: colours.wrong, dashed: true },
        ],
        focus: g >= 0 ? around(box, truthBox(g)) : box,
      };
    });
  return inTurns(entries, count);
}

/**
 * The entries as a contact sheet, each cut out around what it is about.
 * @returns JPEG
 */
export async function gallerySheet(
  entries: readonly GalleryEntry[],
  records: readonly DatasetRecord[],
  locate: (record: DatasetRecord) => string,
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const tiles: { image: Buffer; label: string }[] = [];
  for (const entry of entries) {
    const record = records[entry.image];
    if (!record) continue;
    const region = regionAround(entry.focus, record);
    const cut = await sharp(locate(record)).extract(region).png({ compressionLevel: 1 }).toBuffer();
    const scale = tilePx / Math.max(region.width, region.height);
    const enlarged = await sharp(cut)
      .resize({ width: tilePx, height: tilePx, fit: 'contain', background: '#777' })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const [offsetX, offsetY] = [(tilePx - region.width * scale) / 2, (tilePx - region.height * scale) / 2];
    const boxes = entry.boxes.map((drawn) => {
      const [xmin, ymin, xmax, ymax] = drawn.box;
      const x = (value: number): number => (value - region.left) * scale + offsetX;
      const y = (value: number): number => (value - region.top) * scale + offsetY;
      return { ...drawn, box: [x(xmin), y(ymin), x(xmax), y(ymax)] as BoxXyxyPx };
    });
    tiles.push({ image: await drawBoxes(enlarged, boxes, { maxSidePx: tilePx }), label: entry.label });
  }
  return contactSheet(tiles, { columns, tileWidthPx: tilePx });
}

function inTurns(entries: readonly GalleryEntry[], count: number): GalleryEntry[] {
  const queues = new Map<string, GalleryEntry[]>();
  for (const entry of entries) {
    const queue = queues.get(entry.class);
    if (queue) queue.push(entry);
    else queues.set(entry.class, [entry]);
  }
  const chosen: GalleryEntry[] = [];
  for (let turn = 0; chosen.length < Math.min(count, entries.length); turn++)
    for (const queue of queues.values()) {
      const entry = queue[turn];
      if (entry && chosen.length < count) chosen.push(entry);
    }
  return chosen;
}

function regionAround(
  [xmin, ymin, xmax, ymax]: BoxXyxyPx,
  { width, height }: DatasetRecord,
): { left: number; top: number; width: number; height: number } {
  const side = Math.max(leastSidePx, surroundings * Math.max(xmax - xmin, ymax - ymin));
  const start = (centre: number, limit: number): number =>
    Math.floor(Math.max(0, Math.min(centre - side / 2, limit - Math.min(side, limit))));
  const [left, top] = [start((xmin + xmax) / 2, width), start((ymin + ymax) / 2, height)];
  return {
    left,
    top,
    width: Math.max(1, Math.min(Math.round(side), width - left)),
    height: Math.max(1, Math.min(Math.round(side), height - top)),
  };
}

function around(a: BoxXyxyPx, b: BoxXyxyPx): BoxXyxyPx {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
