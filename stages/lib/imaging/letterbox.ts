import type { BoxXyxyPx } from '../dataset/record.js';
import type { Placement } from './resample.js';

/** How an image lies in a network's input: aspect kept, centred, grey around it. */
interface Letterbox {
  /** The image's own size in pixels. */
  readonly imageWidth: number;
  readonly imageHeight: number;
  /** Where its pixels are drawn. */
  readonly placement: Placement;
  /** Where boxes are reckoned from: half of what is left over, as darknet's correct_yolo_boxes does. */
  readonly offsetX: number;
  readonly offsetY: number;
}

/**
 * The largest place for an image in a network's input (darknet's letterbox_image: sizes are cut, not rounded). Where
 * an odd number of pixels is left over, darknet draws at the floor of the half and reckons boxes from the half;
 * so do we, in training as in use.
 */
export function letterboxOf(
  imageWidth: number,
  imageHeight: number,
  inputWidth: number,
  inputHeight: number,
): Letterbox {
  const fitsWidth = inputWidth / imageWidth < inputHeight / imageHeight;
  const width = fitsWidth ? inputWidth : Math.max(1, Math.floor((imageWidth * inputHeight) / imageHeight));
  const height = fitsWidth ? Math.max(1, Math.floor((imageHeight * inputWidth) / imageWidth)) : inputHeight;
  const offsetX = (inputWidth - width) / 2;
  const offsetY = (inputHeight - height) / 2;
  const placement = { left: Math.floor(offsetX), top: Math.floor(offsetY), width, height };
  return { imageWidth, imageHeight, placement, offsetX, offsetY };
}

/** A box of the image as the network sees it. */
export function boxToInput(letterbox: Letterbox, box: BoxXyxyPx): BoxXyxyPx {
  const scaleX = letterbox.placement.width / letterbox.imageWidth;
  const scaleY = letterbox.placement.height / letterbox.imageHeight;
  const [xmin, ymin, xmax, ymax] = box;
  return [
    xmin * scaleX + letterbox.offsetX,
    ymin * scaleY + letterbox.offsetY,
    xmax * scaleX + letterbox.offsetX,
    ymax * scaleY + letterbox.offsetY,
  ];
}

/** A box of the network's input as it lies in the image; not clipped. The inverse of boxToInput. */
export function boxToImage(letterbox: Letterbox, box: BoxXyxyPx): BoxXyxyPx {
  const scaleX = letterbox.imageWidth / letterbox.placement.width;
  const scaleY = letterbox.imageHeight / letterbox.placement.height;
  const [xmin, ymin, xmax, ymax] = box;
  return [
    (xmin - letterbox.offsetX) * scaleX,
    (ymin - letterbox.offsetY) * scaleY,
    (xmax - letterbox.offsetX) * scaleX,
    (ymax - letterbox.offsetY) * scaleY,
  ];
}

/** A box cut off at the image's edges. */
export function clipBox(box: BoxXyxyPx, width: number, height: number): BoxXyxyPx {
  const [xmin, ymin, xmax, ymax] = box;
  const cut = (value: number, limit: number): number => Math.min(limit, Math.max(0, value));
  return [cut(xmin, width), cut(ymin, height), cut(xmax, width), cut(ymax, height)];
}
