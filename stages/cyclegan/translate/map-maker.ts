import type { RgbImage } from '../../lib/imaging/decode-image.js';
import { uncachedSharp as sharp } from '../../lib/imaging/uncached-sharp.js';
import { noiseValues } from '../networks/noise-map.js';
import type { GeneratorRunner } from './generator-runner.js';

/** Makes the fourth channel of a Bayesian generator. @returns [height, width] */
export type MapMaker = (height: number, width: number) => Promise<Float32Array>;

/** Maps of N(0, 1): another seed draws another version of an image. */
export function noiseMaker(seed: number): MapMaker {
  return (height, width) => Promise.resolve(noiseValues(seed, height, width));
}

/** What an encoder makes of a picture, which is scaled and cut to the size that is asked for. */
export function pictureMaker(encoder: GeneratorRunner, { data, width, height }: RgbImage): MapMaker {
  return async (rows, columns) => {
    const cut = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize({ width: columns, height: rows, fit: 'cover' })
      .raw()
      .toBuffer();
    return encoder.run(
      Float32Array.from(cut, (value) => value / 127.5 - 1),
      rows,
      columns,
    );
  };
}
