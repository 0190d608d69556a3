import { clamp, lumaOf } from './colour.js';

const LEVELS = 256;

/**
 * Contrast-limited adaptive histogram equalization (Zuiderveld 1994) of the luma, in place; colours keep their differences
 * to it. Tiles are equalized each for itself, and pixels lie between the curves of the tiles around them.
 * @param pixels [height, width, 3], 0–1
 * @param limit  no level counts more often than so many times the mean level
 * @param tiles  along each side
 */
export function equalizeLocally(
  pixels: Float32Array,
  width: number,
  height: number,
  limit: number,
  tiles: number,
): void {
  const tileWidth = width / tiles;
  const tileHeight = height / tiles;
  const curves: Float32Array[] = [];
  for (let ty = 0; ty < tiles; ty++)
    for (let tx = 0; tx < tiles; tx++)
      curves.push(
        curveOf(
          pixels,
          width,
          [Math.floor(tx * tileWidth), Math.floor((tx + 1) * tileWidth)],
          [Math.floor(ty * tileHeight), Math.floor((ty + 1) * tileHeight)],
          limit,
        ),
      );
  const curve = (tx: number, ty: number): Float32Array => curves[ty * tiles + tx] as Float32Array;
  for (let y = 0; y < height; y++) {
    const v = Math.min(tiles - 1, Math.max(0, (y + 0.5) / tileHeight - 0.5));
    const upper = Math.floor(v);
    const lower = Math.min(tiles - 1, upper + 1);
    for (let x = 0; x < width; x++) {
      const u = Math.min(tiles - 1, Math.max(0, (x + 0.5) / tileWidth - 0.5));
      const left = Math.floor(u);
      const right = Math.min(tiles - 1, left + 1);
      const at = (y * width + x) * 3;
      const luma = lumaOf(pixels, at);
      const level = levelOf(luma);
      const top = mix(curve(left, upper)[level] as number, curve(right, upper)[level] as number, u - left);
      const bottom = mix(curve(left, lower)[level] as number, curve(right, lower)[level] as number, u - left);
      const change = mix(top, bottom, v - upper) - luma;
      for (let c = 0; c < 3; c++) pixels[at + c] = clamp((pixels[at + c] as number) + change);
    }
  }
}

/** What each level becomes in a tile: the cumulated histogram, cut off at the limit, what was cut spread evenly. */
function curveOf(
  pixels: Float32Array,
  width: number,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
  limit: number,
): Float32Array {
  const counts = new Float32Array(LEVELS);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const level = levelOf(lumaOf(pixels, (y * width + x) * 3));
      counts[level] = (counts[level] as number) + 1;
    }
  const total = Math.max(1, (right - left) * (bottom - top));
  const most = Math.max(1, (limit * total) / LEVELS);
  let cut = 0;
  for (let i = 0; i < LEVELS; i++) {
    cut += Math.max(0, (counts[i] as number) - most);
    counts[i] = Math.min(most, counts[i] as number);
  }
  const curve = new Float32Array(LEVELS);
  let sum = 0;
  for (let i = 0; i < LEVELS; i++) {
    sum += (counts[i] as number) + cut / LEVELS;
    curve[i] = sum / total;
  }
  return curve;
}

function levelOf(luma: number): number {
  return Math.min(LEVELS - 1, Math.floor(luma * LEVELS));
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
