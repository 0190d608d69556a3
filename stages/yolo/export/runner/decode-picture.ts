import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import type { RgbPixels } from '../../../lib/imaging/resample.js';

/**
 * Decodes a JPEG or PNG to RGB as stored: transparent pixels are laid on grey, as everywhere in Darkroom.
 * @throws Error for anything else
 */
export function decodePicture(bytes: Uint8Array): RgbPixels {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });
    return { width, height, data };
  }
  if (bytes[0] === 0x89 && bytes[1] === 0x50) {
    const picture = decodePng(bytes);
    const { width, height, channels, depth, palette } = picture;
    const most = 2 ** (palette ? 8 : depth) - 1;
    const data = new Uint8Array(3 * width * height);
    for (let i = 0; i < width * height; i++) {
      const entry = palette?.[picture.data[i] as number];
      const at = (channel: number): number =>
        ((entry ? (entry[channel] ?? most) : (picture.data[i * channels + channel] as number)) * 255) / most;
      const grey = !entry && channels < 3;
      const alphaChannel = entry ? 3 : channels === 2 || channels === 4 ? channels - 1 : undefined;
      const alpha = alphaChannel === undefined ? 1 : at(alphaChannel) / 255;
      for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(alpha * at(grey ? 0 : c) + (1 - alpha) * 128);
    }
    return { width, height, data };
  }
  throw new Error('it is neither a JPEG nor a PNG');
}
