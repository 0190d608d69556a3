import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { productRoot } from '../../../pipeline/core/product-root.js';
import { derivedSeed } from '../../../pipeline/core/seed.js';
import { findBlender } from '../../../stages/lib/blender/find-blender.js';
import { median, type Bench, type Measurement } from '../bench.js';
import { timedPipeline, timedProcess, type TimedRun } from '../timed-process.js';

/** `BENCH_FRAMES=20 npm run bench -- rendering` is a small measurement; by default it takes twenty minutes. */
const frames = Number(process.env['BENCH_FRAMES'] ?? 200);
/** Memory is watched over so many small ones, however few the others are. */
const watchedFrames = 500;
const rounds = 3;
const poolSize = 20;
const sources = join(productRoot(), 'test/bench/rendering');

interface RunOptions {
  readonly frames: number;
  readonly framesPerProcess?: number;
  readonly resolution?: number;
  readonly seed?: number;
}

/** Rendering through the pipeline beside a loop written by hand, both with one Blender at a time. */
export const rendering: Bench = {
  name: 'rendering',
  measure: async (folder) => {
    await makeScene(folder);
    // What is asked once of each Blender is no cost of a frame.
    await pipeline(folder, { frames: 1, seed: 99 });
    return [
      await againstLoop(folder),
      ...(await byFramesAProcess(folder)),
      await afterAnEdit(folder),
      await memoryGrowth(folder),
    ];
  },
};

async function againstLoop(folder: string): Promise<Measurement> {
  const blender = await findBlender({ env: process.env });
  const ratios: number[] = [];
  const processorRatios: number[] = [];
  let perFrame = 0;
  for (let round = 0; round < rounds; round++) {
    const ours = await pipeline(folder, { frames, framesPerProcess: frames, seed: round });
    const output = join(folder, `loop-${round}`);
    await mkdir(output);
    const job = join(output, 'job.json');
    await writeFile(job, JSON.stringify({ frames: loopFrames(folder, round) }));
    const args = ['-b', '-noaudio', '--factory-startup', '-t', '1', '--python', join(sources, 'loop.py')];
    const theirs = await timedProcess(blender, [...args, '--', job, output], folder);
    ratios.push(ours.seconds / theirs.seconds);
    processorRatios.push(ours.processorSeconds / theirs.processorSeconds);
    perFrame = theirs.seconds / frames;
  }
  const ratio = median(ratios);
  return {
    what: `${frames} frames against a loop by hand (${perFrame.toFixed(2)} s a frame)`,
    measured: `${ratio.toFixed(3)} × its time, ${median(processorRatios).toFixed(3)} × its processor time`,
    bar: '≤ 1.05 ×',
    met: ratio <= 1.05,
  };
}

async function byFramesAProcess(folder: string): Promise<Measurement[]> {
  const found: Measurement[] = [];
  for (const framesPerProcess of [1, 20, 200]) {
    const count = Math.min(frames, Math.max(8, framesPerProcess));
    const { seconds } = await pipeline(folder, {
      frames: count,
      framesPerProcess,
      seed: 10 + framesPerProcess,
    });
    found.push({
      what: `frames a minute, ${framesPerProcess} a process (${count} frames, one Blender)`,
      measured: ((60 * count) / seconds).toFixed(0),
      bar: '–',
      met: undefined,
    });
  }
  return found;
}

async function afterAnEdit(folder: string): Promise<Measurement> {
  const options = { frames, framesPerProcess: 50, resolution: 32, seed: 50 };
  await pipeline(folder, options);
  const users = new Set<string>();
  await writeFile(join(folder, 'textures', '07.png'), await texture(200));
  const { stdout } = await pipeline(folder, options);
  for (const [, id] of stdout.matchAll(/frame (\d+): [\d.]+ s/g)) if (id !== undefined) users.add(id);
  const expected = await framesThatUse(folder, '07.png');
  return {
    what: `frames made anew after an edit of one of ${poolSize} textures`,
    measured: `${users.size} of ${frames}; ${expected} use it`,
    bar: 'exactly those',
    met: users.size === expected,
  };
}

async function memoryGrowth(folder: string): Promise<Measurement> {
  const { stdout } = await pipeline(folder, {
    frames: watchedFrames,
    framesPerProcess: watchedFrames,
    resolution: 32,
    seed: 70,
  });
  const sizes = [...stdout.matchAll(/frame \d+: [\d.]+ s, (\d+) MiB/g)].map(([, size]) => Number(size));
  const early = sizes[Math.min(20, sizes.length - 1)] ?? NaN;
  const late = sizes.at(-1) ?? NaN;
  return {
    what: `memory of one Blender over ${sizes.length} frames`,
    measured: `${early} MiB after 20, ${late} MiB at the end (${((late - early) / Math.max(1, sizes.length - 20)).toFixed(3)} MiB a frame)`,
    bar: '–',
    met: undefined,
  };
}

async function makeScene(folder: string): Promise<void> {
  await mkdir(join(folder, 'textures'));
  for (let number = 0; number < poolSize; number++)
    await writeFile(join(folder, 'textures', textureName(number)), await texture(number * 10));
}

const textureName = (number: number): string => `${String(number).padStart(2, '0')}.png`;

async function texture(shade: number): Promise<Buffer> {
  const background = { r: shade, g: 255 - shade, b: 128 };
  return sharp({ create: { width: 256, height: 256, channels: 3, background } })
    .png()
    .toBuffer();
}

async function pipeline(folder: string, options: RunOptions): Promise<TimedRun> {
  const { resolution = 416 } = options;
  const file = join(folder, 'pipeline.yaml');
  const settings = {
    scene: join(sources, 'scene.py'),
    frames: options.frames,
    resolution: [resolution, resolution],
    engine: { samples: 16, device: 'cpu' },
    cameraDraws: 1,
    randomize: { strength: { uniform: [0.5, 1.5] }, texture: { glob: './textures/*.png' } },
    ...(options.framesPerProcess === undefined ? {} : { framesPerProcess: options.framesPerProcess }),
  };
  await writeFile(
    file,
    `version: 1\nseed: ${options.seed ?? 1}\nstages:\n  frames: ${JSON.stringify({ uses: 'render', with: settings })}\n`,
  );
  // One job at a time, as the loop; a batch holds at most half of what is pending otherwise.
  return timedPipeline(folder, ['run', file, '--jobs', '1', '--json']);
}

/** Frames of the same kind for the loop: its own light and texture each. */
function loopFrames(folder: string, round: number): unknown[] {
  return Array.from({ length: frames }, (_, index) => ({
    id: String(index).padStart(6, '0'),
    seed: derivedSeed(round, 'loop', index),
    width: 416,
    height: 416,
    engine: { samples: 16, bounces: 2 },
    parameters: {
      strength: 0.5 + index / frames,
      texture: join(folder, 'textures', textureName(index % poolSize)),
    },
  }));
}

/** How many frames of the last run took a texture: its name stands in their choices, which the items' keys hold. */
async function framesThatUse(folder: string, name: string): Promise<number> {
  const { default: fastGlob } = await import('fast-glob');
  const { readFile } = await import('node:fs/promises');
  const paths = await fastGlob('.pipeline/actions/*/*.json', { cwd: folder, absolute: true });
  let newest = 0;
  const digests = new Map<string, number>();
  for (const path of paths) {
    const record = JSON.parse(await readFile(path, 'utf8')) as {
      readonly parts?: {
        readonly item?: {
          readonly frame?: {
            readonly width: number;
            readonly parameters: { readonly texture?: { readonly $asset: string; readonly digest: string } };
          };
        };
      };
    };
    const frame = record.parts?.item?.frame;
    const texture = frame?.parameters.texture;
    if (frame?.width !== 32 || texture?.$asset !== name) continue;
    digests.set(texture.digest, (digests.get(texture.digest) ?? 0) + 1);
    newest = Math.max(newest, digests.get(texture.digest) ?? 0);
  }
  return newest;
}
