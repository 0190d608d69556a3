import { decodedAhead } from './find-in-images.js';
import type { FramePool } from './frame-pool.js';
import type { VideoStream } from './video.js';

/** A frame of a film. */
export interface Frame {
  /** From 0. */
  readonly frame: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
  /** Those between the frames that are looked at are only drawn. */
  readonly isLooked: boolean;
}

/** Frames that are drawn at once. */
export const drawnAtOnce = 4;

/** How much of the memory frames may take that wait for something. */
const heldBytes = 512 * 2 ** 20;

/** Every so many-th frame to be looked at; the others as well where they are drawn, else they go back to the pool. */
export async function* framesToSee(
  frames: AsyncIterable<Uint8Array>,
  pool: Pick<FramePool, 'give'>,
  every: number,
  isDrawn: boolean,
): AsyncIterable<Frame> {
  let frame = 0;
  for await (const data of frames) {
    const isLooked = frame % every === 0;
    if (isLooked || isDrawn) yield { frame, data, isLooked };
    else pool.give(data);
    frame += 1;
  }
}

/**
 * How many frames the network can see at once: as many as is asked for, unless they and those between them, which wait to
 * be drawn, would take too much memory.
 */
export function framesAtOnce(
  { width, height }: Pick<VideoStream, 'width' | 'height'>,
  { batch, every }: { readonly batch: number; readonly every: number },
  isDrawn: boolean,
): number {
  const held = heldBytes / (width * height * 3) - decodedAhead - drawnAtOnce;
  // A batch that waits for its last frame, one that is being decoded, one that is read ahead.
  const perLooked = (isDrawn ? every : 1) + 2;
  return Math.min(batch, Math.max(1, Math.floor(held / perLooked)));
}
