import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import type { CommandHost } from '../../pipeline/stage/command.js';
import type { FoundObject } from '../lib/darknet/find-objects.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { boxesAsSvg, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import { drawnBoxes, findOptions, type Note } from './detected.js';
import type { DetectOptions } from './options.js';
import { shrinkTo } from './shrink.js';
import { probeVideo, readFrames, writeVideo, type VideoSource } from './video.js';

/**
 * Looks at every so many-th frame of a film or a camera, and draws a film where that is asked for. Frames come one by
 * one: ffmpeg decodes the next ones meanwhile.
 */
export async function lookAtFilm(
  source: VideoSource,
  name: string,
  finder: Finder,
  options: DetectOptions,
  host: CommandHost,
  note: Note,
): Promise<void> {
  const stream = await probeVideo(source);
  const { width, height } = stream;
  const folder = options.draw === undefined ? undefined : resolve(host.directory, options.draw);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const filmName = `${name.replace(/[/\\:]/g, '_').replace(/\.[^.]+$/, '')}.mp4`;
  const writer = folder === undefined ? undefined : writeVideo(join(folder, filmName), stream);
  let [frame, objects] = [0, [] as readonly FoundObject[]];
  try {
    for await (const data of readFrames(source, stream, host.signal)) {
      if (frame % options.every === 0) {
        const image: RgbImage = { width, height, data, originalWidth: width, originalHeight: height };
        [objects = []] = await finder.find([await shrunk(image, finder, options)], findOptions(options));
        note(objects, { image: name, frame, width, height });
      }
      // Between the frames that are looked at, boxes stay where they were.
      if (writer) await writer.write(await drawnFrame(data, { width, height }, drawnBoxes(objects, finder)));
      frame += 1;
      if (frame % 100 === 0)
        host.console.error(`${name}: frame ${frame}${stream.frameCount ? ` of ${stream.frameCount}` : ''}`);
    }
  } finally {
    await writer?.close();
  }
}

/** A frame shrunk as an image from a file would have been while it was decoded. */
async function shrunk(image: RgbImage, finder: Finder, options: DetectOptions): Promise<RgbImage> {
  const size = shrinkTo(finder.cfg, options.resize);
  if (!size || (image.width <= size.width && image.height <= size.height)) return image;
  const { data, info } = await sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
  })
    .resize({ ...size, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...image, width: info.width, height: info.height, data };
}

async function drawnFrame(
  data: Uint8Array,
  size: { readonly width: number; readonly height: number },
  boxes: readonly DrawnBox[],
): Promise<Uint8Array> {
  if (boxes.length === 0) return data;
  const overlay = Buffer.from(boxesAsSvg(boxes, { ...size, scale: 1 }));
  return sharp(data, { raw: { ...size, channels: 3 } })
    .composite([{ input: overlay, left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer();
}
