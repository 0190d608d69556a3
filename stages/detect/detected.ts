import type { FindOptions, FoundObject } from '../lib/darknet/find-objects.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { DrawnBox } from '../lib/imaging/draw-boxes.js';
import type { DetectOptions } from './options.js';
import type { Looked } from './results.js';

const palette = ['#2f8fd0', '#f08c00', '#16a07a', '#d6338a', '#8f6fd0', '#a3932a'];

/** Takes down what was found in an image or a frame. */
export type Note = (objects: readonly FoundObject[], one: Looked) => void;

/** What a detector found, as it is drawn: a colour for each class, name and score at the box. */
export function drawnBoxes(objects: readonly FoundObject[], { classes }: Finder): DrawnBox[] {
  return objects.map(({ box, classIndex, score }) => ({
    box,
    label: `${classes[classIndex] ?? classIndex} ${score.toFixed(2)}`,
    colour: palette[classIndex % palette.length] ?? '#2f8fd0',
  }));
}

export function findOptions({ threshold, nms, max }: DetectOptions): FindOptions {
  return { threshold, nmsIou: nms, maxDetections: max };
}
