import { beforeAll, describe, expect, it } from 'vitest';
import { generatorLayout } from '../../../../stages/cyclegan/networks/generator.js';
import { initialParameters } from '../../../../stages/cyclegan/networks/parameters.js';
import { tensorRunner } from '../../../../stages/cyclegan/translate/generator-runner.js';
import { noiseMaker, type MapMaker } from '../../../../stages/cyclegan/translate/map-maker.js';
import { mostPixelsWithin, Translator } from '../../../../stages/cyclegan/translate/translator.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import { peakOf } from '../../../support/wasm-peak.js';

const picture = (width: number, height: number) => ({
  width,
  height,
  originalWidth: width,
  originalHeight: height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251),
});

function aTranslator(inputChannels: number, blocks: number, mostPixels = Infinity): Translator {
  const shape = { inputChannels, width: 8, blocks };
  return new Translator(tensorRunner(shape, initialParameters(generatorLayout(shape), 3)), mostPixels);
}

describe('translating whole images', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([1, 9])('with %i blocks takes no more memory than is reckoned with', async (blocks) => {
    const translator = aTranslator(3, blocks);
    const side = 128;
    const peak = await peakOf(() => translator.translate(picture(side, side)));
    await translator.dispose();
    const memoryMb = peak / 1024 ** 2;
    const fits = mostPixelsWithin(memoryMb, { inputChannels: 3, width: 8, blocks });
    expect(fits).toBeLessThanOrEqual(side * side);
    expect(fits).toBeGreaterThan(0.5 * side * side);
  });

  it('cuts large ones into tiles, each with a map of its size', async () => {
    const translator = aTranslator(4, 1, 160 * 160);
    const sizes: string[] = [];
    const maps: MapMaker = (height, width) => {
      sizes.push(`${width} × ${height}`);
      return noiseMaker(1)(height, width);
    };
    const made = await translator.translate(picture(301, 158), maps);
    await translator.dispose();
    expect(made).toHaveLength(301 * 158 * 3);
    expect(sizes).toEqual(['160 × 160', '160 × 160', '160 × 160']);
  });
});
