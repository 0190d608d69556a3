/** A picture's brightness, slightly smoothed so that noise has no edges, and the strength of its edges. */
export interface EdgeMap {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly strength: Float32Array;
}

/** A part of a picture, in whole pixels, max exclusive. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Edge strength (Sobel) of the brightness (Rec. 601), after a mean over 3 × 3 pixels. @param data [height, width, 3] bytes */
export function edgeMap(data: Uint8Array, width: number, height: number): EdgeMap {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = 0.299 * (data[3 * i] ?? 0) + 0.587 * (data[3 * i + 1] ?? 0) + 0.114 * (data[3 * i + 2] ?? 0);
  const smooth = new Float32Array(width * height);
  eachInner(width, height, (at) => {
    let sum = 0;
    for (let dy = -width; dy <= width; dy += width)
      for (let dx = -1; dx <= 1; dx++) sum += grey[at + dy + dx] ?? 0;
    smooth[at] = sum / 9;
  });
  const strength = new Float32Array(width * height);
  eachInner(width, height, (at, x, y) => {
    // The smoothed border is zero, and no edge of the picture.
    if (x < 2 || y < 2 || x > width - 3 || y > height - 3) return;
    const value = (dx: number, dy: number): number => smooth[at + dy * width + dx] ?? 0;
    const across =
      value(1, -1) + 2 * value(1, 0) + value(1, 1) - value(-1, -1) - 2 * value(-1, 0) - value(-1, 1);
    const down =
      value(-1, 1) + 2 * value(0, 1) + value(1, 1) - value(-1, -1) - 2 * value(0, -1) - value(1, -1);
    strength[at] = Math.hypot(across, down);
  });
  return { width, height, strength };
}

function eachInner(width: number, height: number, visit: (at: number, x: number, y: number) => void): void {
  for (let y = 1; y < height - 1; y++) for (let x = 1; x < width - 1; x++) visit(y * width + x, x, y);
}

/**
 * How well the edges of two pictures agree: Pearson's correlation of their strengths over the pixels that count.
 * Undefined where the first has no edges to agree with.
 */
export function edgeAgreement(
  a: EdgeMap,
  b: EdgeMap,
  counts: (x: number, y: number) => boolean,
  region: Region,
): number | undefined {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let y = region.top; y < region.bottom; y++)
    for (let x = region.left; x < region.right; x++) {
      if (!counts(x, y)) continue;
      const p = a.strength[y * a.width + x] ?? 0;
      const q = b.strength[y * b.width + x] ?? 0;
      n++;
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
    }
  const va = saa - (sa * sa) / Math.max(1, n);
  const vb = sbb - (sb * sb) / Math.max(1, n);
  // A deviation of less than one grey level is no structure.
  if (n < MIN_PIXELS || va / n < 1) return undefined;
  return vb <= 0 ? 0 : (sab - (sa * sb) / n) / Math.sqrt(va * vb);
}

const MIN_PIXELS = 36;
