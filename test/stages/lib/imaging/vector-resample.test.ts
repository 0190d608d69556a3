import { expect, it } from 'vitest';
import { resampleInto, type Placement } from '../../../../stages/lib/imaging/resample.js';
import { resampleByVectors } from '../../../../stages/lib/imaging/vector-resample.js';

const image = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251),
});

it.each<[string, [number, number], Placement]>([
  ['fills the target', [13, 9], { left: 0, top: 0, width: 20, height: 16 }],
  ['lies inside of it', [40, 30], { left: 3, top: 5, width: 11, height: 7 }],
  ['reaches beyond it, mirrored', [13, 9], { left: -6, top: -3, width: 41, height: 29, flipped: true }],
  ['is one pixel', [1, 1], { left: 2, top: 2, width: 9, height: 9 }],
  ['is drawn one pixel wide and high', [7, 5], { left: 4, top: 4, width: 1, height: 1 }],
  ['lies beside it', [7, 5], { left: 30, top: 0, width: 8, height: 8 }],
])('an image that %s is drawn as by the plain loops', (_, [width, height], placement) => {
  const [plain, ours] = [new Float32Array(20 * 16 * 3), new Float32Array(20 * 16 * 3).fill(7)];
  resampleInto(plain, 20, 16, image(width, height), placement, [0.1, 0.2, 0.3]);
  resampleByVectors(ours, 20, 16, image(width, height), placement, [0.1, 0.2, 0.3]);
  const worst = Math.max(...ours.map((value, i) => Math.abs(value - (plain[i] ?? NaN))));
  expect(worst).toBeLessThan(3e-7);
});
