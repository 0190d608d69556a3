import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../stages/lib/imaging/augment.js';
import { augmentSchema } from '../../../stages/yolo/augment-params.js';
import {
  changeInto,
  drawPartners,
  prepareSample,
  type TrainingSample,
} from '../../../stages/yolo/prepare-sample.js';

/** One colour all over, one object. */
function plain(red: number, classIndex: number): Picture {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 3 === 0 ? red : 0));
  const objects = { boxes: Float32Array.from([8, 8, 56, 56]), classes: Int32Array.from([classIndex]) };
  return { image: { width: 64, height: 64, originalWidth: 64, originalHeight: 64, data }, objects };
}
const still = { flip: false, jitter: 0, scale: [1, 1], hue: 0, saturation: 1, value: 1 };
const sample = (extra: Partial<TrainingSample> = {}): TrainingSample => ({ ...plain(200, 0), id: 'a', epoch: 0, mosaic: [], mixup: undefined, ...extra }); // prettier-ignore

describe('a sample as the network sees it', () => {
  it('has its boxes as centre and size in shares of the input', () => {
    const truth = prepareSample(
      new Float32Array(32 * 32 * 3),
      32,
      32,
      sample(),
      1,
      augmentSchema.parse(still),
    );
    expect([...truth.boxes]).toEqual([0.5, 0.5, 0.75, 0.75]);
  });

  it('changes with epoch and image, and with nothing else', () => {
    const augment = augmentSchema.parse({ noise: { share: 1 }, fog: { share: 0.5 } });
    const pixels = (extra: Partial<TrainingSample>): Float32Array => {
      const target = new Float32Array(32 * 32 * 3);
      prepareSample(target, 32, 32, sample(extra), 1, augment);
      return target;
    };
    expect(pixels({})).toEqual(pixels({}));
    expect(pixels({ epoch: 1 })).not.toEqual(pixels({}));
    expect(pixels({ id: 'b' })).not.toEqual(pixels({}));
  });

  it('of a mosaic holds four images and their objects, each in its part', () => {
    const target = new Float32Array(64 * 64 * 3);
    const mosaic = [plain(100, 1), plain(150, 2), plain(250, 3)];
    const objects = changeInto(target, 64, 64, sample({ mosaic }), 1, augmentSchema.parse(still));
    expect([...objects.classes]).toEqual([0, 1, 2, 3]);
    for (let i = 0; i < 4; i++) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = objects.boxes.subarray(4 * i, 4 * i + 4);
      const middle = (Math.floor((y0 + y1) / 2) * 64 + Math.floor((x0 + x1) / 2)) * 3;
      expect(Math.round(255 * (target[middle] ?? 0))).toBe([200, 100, 150, 250][i]);
    }
  });

  it('that is mixed with another has the objects of both, and pixels between', () => {
    const target = new Float32Array(64 * 64 * 3);
    const objects = changeInto(
      target,
      64,
      64,
      sample({ mixup: plain(100, 1) }),
      1,
      augmentSchema.parse(still),
    );
    expect([...objects.classes]).toEqual([0, 1]);
    expect(target[0]).toBeGreaterThan(135 / 255);
    expect(target[0]).toBeLessThan(165 / 255);
  });

  it('draws partners only where mosaic or mixup are on, about as often as told', () => {
    expect(drawPartners(1, 0, 'a', 10, { mosaic: 0, mixup: 0 })).toEqual({ mosaic: [], mixup: undefined });
    const drawn = Array.from({ length: 400 }, (_, i) =>
      drawPartners(1, 0, `${i}`, 10, { mosaic: 0.5, mixup: 0.1 }),
    );
    const mosaics = drawn.filter(({ mosaic }) => mosaic.length === 3).length;
    const mixed = drawn.filter(({ mixup }) => mixup !== undefined).length;
    expect([mosaics > 160, mosaics < 240, mixed > 20, mixed < 65]).toEqual([true, true, true, true]);
  });
});
