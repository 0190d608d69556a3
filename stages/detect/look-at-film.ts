import sharp from 'sharp';
import type { CommandHost } from '../../pipeline/stage/command.js';
import type { FoundObject } from '../lib/darknet/find-objects.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { boxesAsSvg, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import { drawnBoxes, findOptions, type Note } from './detected.js';
import type { DetectOptions } from './options.js';
import { shrinkTo } from './shrink.js';
import { orderedMap } from '../lib/ordered-map.js';
import { readAhead } from '../lib/read-ahead.js';
import { drawnAtOnce, framesAtOnce, framesToSee, type Frame } from './film-frames.js';
import { findInImages } from './find-in-images.js';
import { FramePool } from './frame-pool.js';
import {
  probeVideo,
  readFrames,
  writeVideo,
  type VideoSource,
  type VideoStream,
  type VideoWriter,
} from './video.js';

type Size = Pick<VideoStream, 'width' | 'height'>;

/** A film or a camera that is looked at. */
export interface Film {
  readonly source: VideoSource;
  /** What people call it. */
  readonly name: string;
  /** Where it is drawn. */
  readonly drawn?: string;
}

/** Frames between two lines that say how far it is. */
const toldEvery = 100;

/**
 * Looks at every so many-th frame of a film or a camera, batch by batch, and draws a film where that is asked for. The
 * next frames are read meanwhile, but not many of them: ffmpeg waits.
 */
export async function lookAtFilm(
  { source, name, drawn }: Film,
  finder: Finder,
  options: DetectOptions,
  host: CommandHost,
  note: Note,
): Promise<void> {
  const stream = await probeVideo(source);
  const { width, height } = stream;
  const writer = drawn === undefined ? undefined : writeVideo(drawn, stream);
  const isDrawn = writer !== undefined;
  const batch = framesAtOnce(stream, options, isDrawn);
  if (batch < options.batch)
    host.console.error(`${name}: ${batch} frames at once, so that those in hand fit into memory`);
  const pool = new FramePool(width * height * 3);
  const read = readFrames(source, stream, pool, host.signal, host.console.error);
  const frames = framesToSee(read, pool, options.every, isDrawn);
  const looking = findInImages(readAhead(frames, batch), finder, {
    ...findOptions(options),
    batch,
    decode: async ({ data, isLooked }: Frame) =>
      isLooked ? shrunk(asImage(data, stream), finder, options) : undefined,
  });
  async function* seen(): AsyncIterable<SeenFrame> {
    let objects: readonly FoundObject[] = [];
    let told = 0;
    for await (const { element, result } of looking) {
      const { frame, data } = element;
      if (!result.ok) throw new Error(`Frame ${frame} of ${name}: ${result.error}`);
      // Between the frames that are looked at, boxes stay where they were.
      if (result.value) {
        ({ objects } = result.value);
        note(objects, { image: name, frame, width, height });
      }
      yield { data, objects };
      if (frame + 1 - told < toldEvery) continue;
      told = frame + 1;
      host.console.error(`${name}: frame ${told}${stream.frameCount ? ` of ${stream.frameCount}` : ''}`);
    }
  }
  if (!writer) for await (const { data } of seen()) pool.give(data);
  else await drawFilm(seen(), writer, pool, (one) => drawnFrame(one.data, stream, drawnBoxes(one.objects, finder))); // prettier-ignore
}

interface SeenFrame {
  readonly data: Uint8Array;
  readonly objects: readonly FoundObject[];
}

/** Draws some frames at once, and writes them in their order. */
async function drawFilm(
  frames: AsyncIterable<SeenFrame>,
  writer: VideoWriter,
  pool: FramePool,
  draw: (frame: SeenFrame) => Promise<Uint8Array>,
): Promise<void> {
  const drawing = orderedMap(frames, drawnAtOnce, async (frame) => {
    const drawn = await draw(frame);
    // One without boxes is on its way to ffmpeg itself.
    if (drawn !== frame.data) pool.give(frame.data);
    return drawn;
  });
  try {
    for await (const drawn of drawing) await writer.write(drawn);
  } finally {
    await writer.close();
  }
}

function asImage(data: Uint8Array, { width, height }: Size): RgbImage {
  return { width, height, data, originalWidth: width, originalHeight: height };
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
  { width, height }: Size,
  boxes: readonly DrawnBox[],
): Promise<Uint8Array> {
  if (boxes.length === 0) return data;
  const overlay = Buffer.from(boxesAsSvg(boxes, { width, height, scale: 1 }));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: overlay, left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer();
}
