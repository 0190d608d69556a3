import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../../pipeline/core/json.js';
import type { FrameRecord } from '../../../../stages/lib/dataset/frame-record.js';
import { decodeMask } from '../../../../stages/lib/imaging/masks.js';
import { applyEffects } from '../../../../stages/render/effects/apply-effects.js';
import { blackbody, whiteBalanceGains } from '../../../../stages/render/effects/colour-temperature.js';
import { infraredGrey, infraredNoise } from '../../../../stages/render/effects/infrared.js';
import { Lens } from '../../../../stages/render/effects/lens.js';
import { gaussianNoise } from '../../../../stages/render/effects/noise.js';
import type { FrameDescription } from '../../../../stages/render/frame.js';

const width = 40;
const height = 30;

/** A grey picture with a bright square in it, which the mask calls 7. */
async function develop(
  effects: JsonObject,
  seed = 1,
): Promise<{ pixels: Buffer; instances: Uint16Array; record: FrameRecord }> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-effects-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [image, mask] = [join(folder, 'image.png'), join(folder, 'mask.png')];
  const rgb = Buffer.alloc(width * height * 3, 90);
  const instances = new Uint16Array(width * height);
  for (let y = 10; y < 20; y++)
    for (let x = 2; x < 12; x++) {
      rgb.fill(180, (y * width + x) * 3, (y * width + x) * 3 + 3);
      instances[y * width + x] = 7;
    }
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(image);
  await sharp(instances, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(mask);
  const object = { instance: 7, class: 'a', attributes: {}, amodalBox: null, distanceM: 1 };
  const given: FrameRecord = {
    version: 1,
    id: '0',
    width,
    height,
    group: 'g',
    attributes: {},
    objects: [{ ...object, pixelsAlone: 100, pixelsVisible: 100 }],
    camera: { worldToCamera: new Array<number>(16).fill(0), intrinsics: new Array<number>(9).fill(0) },
  };
  const description = { seed, width, height, cameras: [], effects } as unknown as FrameDescription;
  const record = await applyEffects({ image, mask, record: given }, description);
  const pixels = await sharp(image).raw().toBuffer();
  return { pixels, instances: (await decodeMask(mask)).instances, record };
}
const mean = (pixels: Buffer, channel: number): number => {
  let sum = 0;
  for (let at = channel; at < pixels.length; at += 3) sum += pixels[at] ?? 0;
  return sum / (pixels.length / 3);
};

describe('effects after the render', () => {
  test('none leaves every pixel as it was', async () => {
    const { pixels } = await develop({});
    expect(new Set(pixels)).toEqual(new Set([90, 180]));
  });

  test('effects that change nothing change nothing', async () => {
    const { pixels } = await develop({ exposure: 0, temperature: 6500, tint: 0, contrast: 1, saturation: 1, vignette: 0, grain: 0 }); // prettier-ignore
    expect(new Set(pixels)).toEqual(new Set([90, 180]));
  });

  test('a stop doubles the light', async () => {
    const { pixels } = await develop({ exposure: 1 });
    const linear = (value: number): number => ((value / 255 + 0.055) / 1.055) ** 2.4;
    expect(linear(pixels[0] ?? 0) / linear(90)).toBeCloseTo(2, 1);
  });

  test('a camera set to lamplight turns daylight blue; one set to shade, yellow', async () => {
    const lamp = (await develop({ temperature: 3000 })).pixels;
    expect(mean(lamp, 2)).toBeGreaterThan(mean(lamp, 0) + 20);
    const shade = (await develop({ temperature: 12000 })).pixels;
    expect(mean(shade, 0)).toBeGreaterThan(mean(shade, 2) + 10);
    const magenta = (await develop({ tint: 1 })).pixels;
    expect(mean(magenta, 0)).toBeGreaterThan(mean(magenta, 1));
  });

  test('grain has its deviation and follows the seed', async () => {
    const { pixels } = await develop({ grain: 10 });
    const flat = [...pixels].filter((_, at) => Math.floor(at / 3) % width > 14);
    const middle = flat.reduce((sum, value) => sum + value, 0) / flat.length;
    const deviation = Math.sqrt(flat.reduce((sum, value) => sum + (value - middle) ** 2, 0) / flat.length);
    expect(middle).toBeCloseTo(90, -0.5);
    // Common to all channels, and half as much of each one's own.
    expect(deviation / (10 * Math.hypot(1, 0.5))).toBeGreaterThan(0.9);
    expect(deviation / (10 * Math.hypot(1, 0.5))).toBeLessThan(1.1);
    expect((await develop({ grain: 10 })).pixels.equals(pixels)).toBe(true);
    expect((await develop({ grain: 10 }, 2)).pixels.equals(pixels)).toBe(false);
  });

  test('blur, vignette, contrast and JPEG do what they are called', async () => {
    const edge = (pixels: Buffer): number => (pixels[(15 * width + 12) * 3] ?? 0) - 90;
    expect(edge((await develop({})).pixels)).toBe(0);
    expect(edge((await develop({ blur: 2 })).pixels)).toBeGreaterThan(20);
    const dark = (await develop({ vignette: 0.8 })).pixels;
    expect(dark[0] ?? 0).toBeLessThan(60);
    expect(dark[(15 * width + 20) * 3] ?? 0).toBeGreaterThan(85);
    expect(new Set((await develop({ contrast: 0 })).pixels).size).toBe(1);
    const jpeg = (await develop({ jpeg: 10 })).pixels;
    expect(new Set(jpeg).size).toBeGreaterThan(4);
    expect(Math.abs(mean(jpeg, 0) - mean((await develop({})).pixels, 0))).toBeLessThan(4);
  });

  test('the infrared look is grey, bright in the middle and dark in the corners', async () => {
    const { pixels } = await develop({ infrared: true });
    for (let at = 0; at < pixels.length; at += 3) {
      expect(pixels[at]).toBe(pixels[at + 1]);
      expect(pixels[at]).toBe(pixels[at + 2]);
    }
    const region = (x0: number, y0: number): number => {
      let sum = 0;
      for (let y = y0; y < y0 + 6; y++)
        for (let x = x0; x < x0 + 6; x++) sum += pixels[(y * width + x) * 3] ?? 0;
      return sum / 36;
    };
    expect(region(17, 12)).toBeGreaterThan(region(34, 0) + 15);
    expect((await develop({ infrared: false })).pixels[0]).toBe(90);
  });

  test('skin is bright in the infrared whatever its tone, and so is cloth whatever its dye', () => {
    const grey = (...rgb: readonly number[]): number => infraredGrey(rgb, 0);
    const brownSkin = [0.12, 0.06, 0.035];
    const luminance = 0.2126 * 0.12 + 0.7152 * 0.06 + 0.0722 * 0.035;
    expect(grey(...brownSkin)).toBeGreaterThan(2 * grey(luminance, luminance, luminance));
    expect(grey(0.05, 0.1, 0.5)).toBeGreaterThan(1.5 * grey(0.13, 0.13, 0.13));
    expect(grey(0, 0, 0)).toBeLessThan(0.05);
  });

  test('the noise of an infrared camera is that of its gain: more where it is dark', async () => {
    const deviation = (level: number): number => {
      const noise = gaussianNoise(5);
      const drawn = Array.from({ length: 4000 }, () => infraredNoise(level, 0, noise));
      return Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length);
    };
    expect(deviation(10)).toBeGreaterThan(1.5 * deviation(230));
    const { pixels } = await develop({ infrared: true });
    expect(new Set(pixels).size).toBeGreaterThan(20);
    expect((await develop({ infrared: true })).pixels.equals(pixels)).toBe(true);
  });

  test('the mask goes through the lens with the picture, and what is visible is counted again', async () => {
    const { pixels, instances, record } = await develop({ distortion: -0.3 });
    let inMask = 0;
    let agree = 0;
    for (const [index, instance] of instances.entries()) {
      expect([0, 7]).toContain(instance);
      if (instance === 7) inMask++;
      if ((instance === 7) === (pixels[index * 3] ?? 0) > 135) agree++;
    }
    expect(agree / instances.length).toBeGreaterThan(0.985);
    expect(record.objects[0]?.pixelsVisible).toBe(inMask);
    expect(record.objects[0]?.pixelsAlone).toBeGreaterThanOrEqual(inMask);
    expect(record.camera.distortion).toBe(-0.3);
    expect(inMask).not.toBe(100);
  });
});

describe('a lens', () => {
  const k = fc.double({ min: -0.4, max: 0.15, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('and its inverse cancel out', () => {
    fc.assert(
      fc.property(k, share, share, (strength, u, v) => {
        const lens = new Lens(strength, 640, 400);
        const [sx, sy] = lens.source(u * 640, v * 400);
        const [x, y] = lens.image(sx, sy);
        expect(x).toBeCloseTo(u * 640, 6);
        expect(y).toBeCloseTo(v * 400, 6);
      }),
    );
  });

  test('shows nothing that was not rendered', () => {
    fc.assert(
      fc.property(k, share, share, (strength, u, v) => {
        const [x, y] = new Lens(strength, 300, 500).source(u * 300, v * 500);
        expect(x).toBeGreaterThanOrEqual(-1e-9);
        expect(x).toBeLessThanOrEqual(300 + 1e-9);
        expect(y).toBeGreaterThanOrEqual(-1e-9);
        expect(y).toBeLessThanOrEqual(500 + 1e-9);
      }),
    );
  });
});

test('bodies glow red when cool, white at daylight, blue when hot', () => {
  const [red, , blue] = blackbody(2000);
  expect(red).toBe(1);
  expect(blue).toBeLessThan(0.15);
  for (const channel of blackbody(6500)) expect(channel).toBeGreaterThan(0.9);
  expect(blackbody(15000)[2]).toBe(1);
  for (const gain of whiteBalanceGains(6500, 0)) expect(gain).toBeCloseTo(1, 9);
});

test('noise is normal', () => {
  const next = gaussianNoise(3);
  const values = Array.from({ length: 20000 }, next);
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(middle)).toBeLessThan(0.03);
  expect(Math.abs(square - 1)).toBeLessThan(0.04);
});
