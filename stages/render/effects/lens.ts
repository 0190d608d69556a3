/**
 * Radial distortion by the division model (Fitzgibbon 2001): rᵤ = s · r / (1 + k · r²), radii in half diagonals, about
 * the middle of the image. k < 0 is a barrel, k > 0 a cushion; s is such that every pixel of the picture lies inside of
 * what was rendered. The same formulas as blender/darkroom/lens.py, which measures boxes through it.
 */
export class Lens {
  readonly #k: number;
  readonly #zoom: number;
  readonly #radiusPx: number;

  constructor(
    k: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.#k = k;
    this.#radiusPx = Math.hypot(width, height) / 2;
    const nearEdge = Math.min(width, height) / 2 / this.#radiusPx;
    this.#zoom = k < 0 ? 1 + k : 1 + k * nearEdge * nearEdge;
  }

  /** Where in the render a point of the picture comes from, in pixels. */
  source(x: number, y: number): readonly [number, number] {
    const dx = x - this.width / 2;
    const dy = y - this.height / 2;
    const squared = (dx * dx + dy * dy) / (this.#radiusPx * this.#radiusPx);
    const factor = this.#zoom / (1 + this.#k * squared);
    return [this.width / 2 + dx * factor, this.height / 2 + dy * factor];
  }

  /** Where in the picture a point of the render appears, in pixels. */
  image(x: number, y: number): readonly [number, number] {
    const dx = x - this.width / 2;
    const dy = y - this.height / 2;
    const squared = (dx * dx + dy * dy) / (this.#radiusPx * this.#radiusPx);
    const root = Math.sqrt(Math.max(0, this.#zoom * this.#zoom - 4 * this.#k * squared));
    const factor = 2 / (this.#zoom + root);
    return [this.width / 2 + dx * factor, this.height / 2 + dy * factor];
  }

  /** A mask as the lens shows it: every pixel takes the number that its middle falls on. @param mask [height · width] */
  warpMask(mask: Uint16Array): Uint16Array {
    const warped = new Uint16Array(mask.length);
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) {
        const [sx, sy] = this.source(x + 0.5, y + 0.5);
        const column = Math.min(this.width - 1, Math.max(0, Math.floor(sx)));
        const row = Math.min(this.height - 1, Math.max(0, Math.floor(sy)));
        warped[y * this.width + x] = mask[row * this.width + column] ?? 0;
      }
    return warped;
  }

  /** A picture as the lens shows it, bilinearly. @param pixels [height, width, 3] */
  warpPicture(pixels: Float32Array): Float32Array {
    const { width, height } = this;
    const warped = new Float32Array(pixels.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [sx, sy] = this.source(x + 0.5, y + 0.5);
        const px = Math.min(width - 1, Math.max(0, sx - 0.5));
        const py = Math.min(height - 1, Math.max(0, sy - 0.5));
        const x0 = Math.min(width - 2, Math.floor(px));
        const y0 = Math.min(height - 2, Math.floor(py));
        const fx = px - x0;
        const fy = py - y0;
        const at = (y0 * width + x0) * 3;
        for (let channel = 0; channel < 3; channel++) {
          const first = at + channel;
          const above = (pixels[first] ?? 0) * (1 - fx) + (pixels[first + 3] ?? 0) * fx;
          const second = first + width * 3;
          const below = (pixels[second] ?? 0) * (1 - fx) + (pixels[second + 3] ?? 0) * fx;
          warped[(y * width + x) * 3 + channel] = above * (1 - fy) + below * fy;
        }
      }
    return warped;
  }
}
