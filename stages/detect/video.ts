import { platform } from 'node:process';
import { execa } from 'execa';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import type { FramePool } from './frame-pool.js';

/** What is needed to read a film as frames. */
export interface VideoStream {
  readonly width: number;
  readonly height: number;
  /** As ffmpeg writes it: `30000/1001`. */
  readonly framesPerSecond: string;
  /** Where its file says so. */
  readonly frameCount?: number;
}

/** Where frames come from: a file, or a camera. */
export type VideoSource = { readonly path: string } | { readonly camera: string };

const probeSchema = z.object({
  streams: z
    .array(
      z.object({
        width: z.number().int(),
        height: z.number().int(),
        r_frame_rate: z.string(),
        nb_frames: z.string().optional(),
      }),
    )
    .min(1),
});

const installHint = 'Debian and Ubuntu: apt-get install ffmpeg.';

/** Size and rate of a film. @throws UserError when ffmpeg is missing, or finds no picture in it */
export async function probeVideo(source: VideoSource): Promise<VideoStream> {
  const name = nameOf(source);
  const entries = 'stream=width,height,r_frame_rate,nb_frames';
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    entries,
    '-of',
    'json',
    ...inputArgs(source),
  ];
  const { exitCode, stdout, stderr, code } = await execa('ffprobe', args, { reject: false });
  if (code === 'ENOENT')
    throw new UserError('Videos need ffmpeg, which is not installed.', { hint: installHint });
  const probed = exitCode === 0 ? probeSchema.safeParse(parsed(stdout)) : undefined;
  const [stream] = probed?.success ? probed.data.streams : [];
  if (!stream)
    throw new UserError(`${name} cannot be read as a video.`, { details: stderr.split('\n').slice(-3) });
  const frames = Number(stream.nb_frames);
  return {
    width: stream.width,
    height: stream.height,
    framesPerSecond: stream.r_frame_rate,
    ...(Number.isInteger(frames) && frames > 0 ? { frameCount: frames } : {}),
  };
}

/**
 * The frames of a film as RGB, [height, width, 3] bytes each, piped from ffmpeg: nothing is written to a disk.
 * @param memory what frames are written to
 * @param tell   is told what ffmpeg says of a film that it reads for all that: damaged places, a missing end
 * @throws UserError when ffmpeg fails on the way
 */
export async function* readFrames(
  source: VideoSource,
  { width, height, frameCount }: VideoStream,
  memory: Pick<FramePool, 'take'>,
  signal: AbortSignal,
  tell: (message: string) => void,
): AsyncIterable<Uint8Array> {
  const args = ['-v', 'error', '-nostdin', ...inputArgs(source), '-map', '0:v:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1']; // prettier-ignore
  const child = execa('ffmpeg', args, {
    encoding: 'buffer',
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
  });
  const size = width * height * 3;
  let frame = memory.take();
  let filled = 0;
  let count = 0;
  try {
    for await (const chunk of child.iterable({ from: 'stdout', binary: true, preserveNewlines: true })) {
      for (let from = 0; from < chunk.length;) {
        const part = chunk.subarray(from, from + size - filled);
        frame.set(part, filled);
        from += part.length;
        filled += part.length;
        if (filled < size) break;
        count += 1;
        yield frame;
        [frame, filled] = [memory.take(), 0];
      }
    }
  } finally {
    child.kill();
  }
  const { exitCode, stderr } = await child;
  signal.throwIfAborted();
  const words = Buffer.from(stderr).toString('utf8').trim();
  const lines = words === '' ? [] : words.split('\n');
  if (exitCode !== 0)
    throw new UserError(`${nameOf(source)} cannot be read to its end.`, { details: lines.slice(-3) });
  if (lines.length === 0) return;
  const others = lines.length > 1 ? ` (and ${lines.length - 1} more lines)` : '';
  const total = frameCount === undefined ? '' : ` of ${frameCount}`;
  const said = (lines[0] ?? '').replace(/ @ 0x[0-9a-f]+(?=\])/, '');
  tell(`${nameOf(source)} is damaged: ${count}${total} frames were read. ffmpeg says: ${said}${others}`); // prettier-ignore
}

/** Takes frames and makes a film of them. */
export interface VideoWriter {
  write(frame: Uint8Array): Promise<void>;
  /** @throws UserError when ffmpeg could not write the film */
  close(): Promise<void>;
}

/** A film in H.264 at this path, encoded as its frames come. */
export function writeVideo(path: string, { width, height, framesPerSecond }: VideoStream): VideoWriter {
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    framesPerSecond,
    '-i',
    'pipe:0',
  ];
  // H.264 as everybody plays it has colour for two by two pixels: odd sizes get one more.
  const even = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p', '-c:v', 'libx264'];
  const child = execa('ffmpeg', ['-v', 'error', '-y', ...raw, ...even, path], { reject: false });
  const ended = child.then(({ exitCode, stderr }) => (exitCode === 0 ? undefined : stderr));
  const fail = async (): Promise<never> => {
    const words = (await ended) ?? '';
    throw new UserError(`The video ${path} cannot be written.`, { details: words.split('\n').slice(-3) });
  };
  let broken = false;
  child.stdin.on('error', () => (broken = true));
  return {
    async write(frame) {
      if (broken || child.exitCode !== null) await fail();
      if (!child.stdin.write(frame))
        await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), ended]);
    },
    async close() {
      child.stdin.end();
      if ((await ended) !== undefined) await fail();
    },
  };
}

function inputArgs(source: VideoSource): readonly string[] {
  if ('path' in source) return ['-i', source.path];
  switch (platform) {
    case 'darwin':
      return ['-f', 'avfoundation', '-framerate', '30', '-i', source.camera];
    case 'win32':
      return ['-f', 'dshow', '-i', `video=${source.camera}`];
    default:
      return ['-f', 'v4l2', '-i', source.camera];
  }
}

function nameOf(source: VideoSource): string {
  return 'path' in source ? source.path : `The camera ${source.camera}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
