import { instanceColour } from './instance-colours.js';
import type { InstanceMask } from './masks.js';

const fillAlpha = 80;
const edgeAlpha = 255;

/**
 * A mask as something to lay over its picture: every instance in its colour, translucent, with a firm outline.
 * @returns [height · width · 4] RGBA
 */
export function maskOverlay({ width, height, instances }: InstanceMask): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const instance = instances[at] ?? 0;
      if (instance === 0) continue;
      const isEdge =
        x === 0 ||
        y === 0 ||
        x === width - 1 ||
        y === height - 1 ||
        instances[at - 1] !== instance ||
        instances[at + 1] !== instance ||
        instances[at - width] !== instance ||
        instances[at + width] !== instance;
      const [red, green, blue] = instanceColour(instance);
      rgba.set([red, green, blue, isEdge ? edgeAlpha : fillAlpha], at * 4);
    }
  return rgba;
}
