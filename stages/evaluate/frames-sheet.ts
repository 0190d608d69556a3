import { contactSheet } from '../lib/imaging/contact-sheet.js';
import { drawBoxes, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import { iouOf } from '../lib/metrics/iou.js';
import type { JudgedImage } from './gather.js';

const colours = { found: '#2f8fd0', missed: '#d6338a', guess: '#f08c00' } as const;
const tileWidthPx = 360;
const columns = 3;

/** How to read the pictures of framesSheet. */
export const framesCaption =
  'Solid: the truth, blue where it was found, magenta where it was missed. Dashed orange: what the detector says, with its score.';

/**
 * A contact sheet of judged images: truth solid, predictions dashed with their scores.
 * @param locate   the file of an image
 * @param minScore predictions below are not drawn
 * @returns JPEG
 */
export async function framesSheet(
  images: readonly JudgedImage[],
  locate: (image: JudgedImage) => string,
  minScore: number,
): Promise<Buffer> {
  const tiles: { image: Buffer; label: string }[] = [];
  for (const image of images) {
    const drawn = boxesOf(image, minScore);
    const { width, height } = image.truth;
    // Drawn at the size in which it is shown, so that labels keep theirs.
    const maxSidePx = Math.round(tileWidthPx * Math.max(1, height / width));
    const picture = await drawBoxes(locate(image), drawn, { maxSidePx });
    tiles.push({ image: picture, label: image.truth.id });
  }
  return contactSheet(tiles, { columns, tileWidthPx });
}

/** What is drawn over an image: truth first, so that the predictions lie on top. */
export function boxesOf({ truth, found }: JudgedImage, minScore: number): DrawnBox[] {
  const sure = found.detections.filter((detection) => detection.score >= minScore);
  const truths = truth.objects.map((object) => {
    const hit = sure.some(
      (other) => other.class === object.class && iouOf(other.box, 0, object.box, 0) >= 0.5,
    );
    return {
      box: object.box,
      label: hit ? '' : `missed ${object.class}`,
      colour: hit ? colours.found : colours.missed,
    };
  });
  const guesses = sure.map((detection) => ({
    box: detection.box,
    label: `${detection.class} ${detection.score.toFixed(2)}`,
    colour: colours.guess,
    dashed: true,
  }));
  return [...truths, ...guesses];
}
