import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { commands } from '../../../stages/commands.js';
import { parseCfg } from '../../../stages/lib/darknet/cfg.js';
import { layoutOf } from '../../../stages/lib/darknet/layout.js';
import { writeWeights } from '../../../stages/lib/darknet/weights.js';
import { aPicture } from '../../support/pictures.js';
import { tinyCfg } from '../../support/tiny-detector.js';
import { Workspace } from '../../support/workspace.js';

const noFfmpeg = spawnSync('ffmpeg', ['-version']).error !== undefined;

interface Detection {
  readonly image: string;
  readonly frame?: number;
  readonly class: number;
  readonly name: string;
  readonly score: number;
  readonly box: [number, number, number, number];
}

/** A folder with a detector whose weights are chance, and two pictures. */
async function workspace(): Promise<Workspace> {
  const space = await Workspace.create({}, undefined, commands);
  await mkdir(space.path('det'));
  await mkdir(space.path('pictures'));
  await writeFile(space.path('det', 'model.cfg'), tinyCfg);
  await writeFile(space.path('det', 'model.weights'), weights);
  await writeFile(space.path('det', 'detector.json'), '{ "classes": ["red", "blue"] }');
  await writeFile(space.path('det', 'names'), 'red\nblue\n');
  for (const seed of [1, 2]) {
    const random = new RandomStream(seed, 'picture');
    const noise = Buffer.from(Array.from({ length: 100 * 60 * 3 }, () => random.integer(0, 255)));
    await sharp(noise, { raw: { width: 100, height: 60, channels: 3 } })
      .png()
      .toFile(space.path('pictures', `${seed}.png`));
  }
  return space;
}

let weights: Uint8Array = new Uint8Array();
beforeAll(() => {
  const layout = layoutOf(parseCfg(tinyCfg, 'tiny.cfg'));
  const random = new RandomStream(5, 'weights');
  const values = new Float32Array(layout.length);
  for (const { role, offset, length } of layout.segments)
    for (let i = offset; i < offset + length; i++)
      values[i] = role === 'variance' || role === 'gamma' ? 0.5 + random.next() : random.normal(0, 0.06);
  weights = writeWeights({ values, seen: 0 }, layout);
});

async function results(space: Workspace, path: string): Promise<Detection[]> {
  return JSON.parse(await space.read(path)) as Detection[];
}

describe('pipeline detect', () => {
  it('finds the same on TensorFlow.js and on ONNX Runtime, inside the pictures', async () => {
    const space = await workspace();
    const words = ['detect', '--model', '@det', '--threshold', '0.2', '@pictures'];
    const one = await space.command(...words, '--out', '@tf.json', '--draw', '@drawn');
    expect(one.exitCode).toBe(0);
    expect(one.error).toContain('2 images');
    expect((await space.command(...words, '--runtime', 'onnx', '--out', '@onnx.json')).exitCode).toBe(0);
    const [ours, theirs] = [await results(space, 'tf.json'), await results(space, 'onnx.json')];
    expect(ours.length).toBeGreaterThan(10);
    expect(theirs.map(({ image, class: k }) => [image, k])).toEqual(
      ours.map(({ image, class: k }) => [image, k]),
    );
    for (const [index, { score, box, name, class: k }] of ours.entries()) {
      expect(name).toBe(['red', 'blue'][k]);
      expect(score).toBeCloseTo(theirs[index]?.score ?? NaN, 4);
      for (const side of box) expect(side).toBeGreaterThanOrEqual(0);
      expect(box[2]).toBeLessThanOrEqual(100);
      expect(box[3]).toBeLessThanOrEqual(60);
    }
    expect(await space.list('drawn')).toEqual(['1.png', '2.png']);
    expect(await sharp(space.path('drawn', '1.png')).metadata()).toMatchObject({ width: 100, height: 60 });
  });

  it('writes a table, and COCO’s form with the images that its ids mean', async () => {
    const space = await workspace();
    const words = ['--cfg', '@det/model.cfg', '--weights', '@det/model.weights', '--names', '@det/names'];
    const run = await space.command(
      'detect',
      ...words,
      '@pictures/2.png',
      '--out',
      '@r.csv',
      '--coco',
      '@c.json',
    );
    expect(run.exitCode).toBe(0);
    expect((await space.read('r.csv')).split('\n')[0]).toBe(
      'image,frame,class,name,score,xmin,ymin,xmax,ymax',
    );
    const coco = JSON.parse(await space.read('c.json')) as { image_id: number; category_id: number }[];
    expect(new Set(coco.map(({ image_id }) => image_id))).toEqual(new Set([1]));
    for (const { category_id } of coco) expect([1, 2]).toContain(category_id);
    const { images } = JSON.parse(await space.read('c.images.json')) as { images: object[] };
    expect(images).toEqual([{ id: 1, file_name: '2.png', width: 100, height: 60 }]);
  });

  it('names what it cannot read, and goes on', async () => {
    const space = await workspace();
    await writeFile(space.path('pictures', '0.png'), 'no picture');
    const run = await space.command('detect', '--model', '@det', '@pictures', '--out', '@r.json');
    expect(run.exitCode).toBe(1);
    expect(run.error).toContain('The image 0.png cannot be read');
    expect(run.error).toContain('2 images');
    expect((await results(space, 'r.json')).length).toBeGreaterThan(0);
  });

  it.each([
    [['@pictures'], 'Which detector?'],
    [['--model', '@det'], 'What should be looked at?'],
    [['--model', '@det', '--cfg', 'x', '@pictures'], '--model says everything'],
    [['--model', '@det', '@nowhere'], 'There is no image, folder or video'],
    [['--model', '@det', '@det/names'], 'neither an image nor a video'],
    [['--model', '@det', '@det'], 'has no images in it'],
    [['--model', '@det', '--threshold', '2', '@pictures'], '--threshold'],
    [['--cfg', '@det/model.cfg', '--weights', '@det/names', '--names', '@det/names', '@pictures'], 'shorter'],
    [
      ['--cfg', '@det/model.weights', '--weights', '@det/model.cfg', '--names', '@det/names', '@pictures'],
      'model.weights:1: this is no text, so it is no cfg',
    ],
    [['--model', '@det', '@pictures', '--out', '@r.txt'], 'r.txt ends neither in .json nor in .csv'],
    [['--model', '@det', '@pictures', '--out', '@det/names/r.json'], 'det/names cannot be made'],
    [['--model', '@det', '@pictures', '--coco', '@det'], 'is a folder; a file is written'],
    [['--model', '@det', '@pictures', '--draw', '@pictures'], '1.png would be drawn over itself'],
    [['--model', '@det', '@pictures', '--every', '2'], '--every is of films and cameras'],
    [
      ['--model', '@det', '@pictures', '--runtime', 'onnx', '--backend', 'cpu'],
      '--backend is of TensorFlow.js',
    ],
  ])('%j is an error that says what is wrong', async (words, message) => {
    const space = await workspace();
    const run = await space.command('detect', ...words);
    expect(run.error).toContain(message);
    expect(run.exitCode).toBe(2);
  });

  it('makes the folders of its results before it looks', async () => {
    const space = await workspace();
    const words = ['--out', '@new/r.json', '--coco', '@other/new/c.json', '--draw', '@drawn'];
    expect((await space.command('detect', '--model', '@det', '@pictures/1.png', ...words)).exitCode).toBe(0);
    expect(await space.list('new')).toEqual(['r.json']);
    expect(await space.list('other/new')).toEqual(['c.images.json', 'c.json']);
  });

  it('tells images apart that have the same name in two folders', async () => {
    const space = await workspace();
    await mkdir(space.path('more'));
    await copyFile(space.path('pictures', '2.png'), space.path('more', '1.png'));
    const words = ['@pictures', '@more', '@more/1.png', '--threshold', '0.2', '--coco', '@c.json', '--draw', '@drawn']; // prettier-ignore
    const run = await space.command('detect', '--model', '@det', ...words);
    expect(run.error).toContain('3 images');
    const { images } = JSON.parse(await space.read('c.images.json')) as { images: { file_name: string }[] };
    expect(images.map((image) => image.file_name)).toEqual([
      'pictures/1.png',
      'pictures/2.png',
      'more/1.png',
    ]);
    const found = JSON.parse(await space.read('c.json')) as { image_id: number; bbox: number[] }[];
    const boxesOf = (id: number) => found.filter(({ image_id }) => image_id === id).map(({ bbox }) => bbox);
    expect(boxesOf(1).length).toBeGreaterThan(0);
    expect(boxesOf(3)).toEqual(boxesOf(2));
    expect(await space.list('drawn/more')).toEqual(['1.png']);
  });

  it('does not look at what it drew the time before', async () => {
    const space = await workspace();
    const words = ['detect', '--model', '@det', '@pictures', '--draw', '@pictures/drawn'];
    for (const time of [1, 2]) expect((await space.command(...words)).error, `${time}`).toContain('2 images');
  });

  it('says when names and network do not fit', async () => {
    const space = await workspace();
    await writeFile(space.path('det', 'detector.json'), '{ "classes": ["red"] }');
    expect((await space.command('detect', '--model', '@det', '@pictures')).error).toContain(
      'has 2 classes, but 1 are named: red',
    );
  });
});

describe.skipIf(noFfmpeg)('pipeline detect on films (skipped where ffmpeg is missing)', () => {
  it('looks at every n-th frame, and draws a film of as many frames as there were', async () => {
    const space = await workspace();
    const film = space.path('film.mp4');
    const source = [
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=98x62:rate=10',
      '-frames:v',
      '9',
      '-pix_fmt',
      'yuv420p',
      film,
    ];
    await execa('ffmpeg', ['-v', 'error', ...source]);
    const words = ['--every', '4', '--out', '@r.json', '--draw', '@drawn', '--threshold', '0.1'];
    const run = await space.command('detect', '--model', '@det', '@film.mp4', ...words);
    expect(run.exitCode).toBe(0);
    expect(run.error).toContain('3 images');
    const found = await results(space, 'r.json');
    expect([...new Set(found.map(({ frame }) => frame))]).toEqual([0, 4, 8]);
    const shown = ['-v', 'error', '-count_frames', '-show_entries', 'stream=width,height,nb_read_frames', '-of', 'csv=p=0']; // prettier-ignore
    const { stdout } = await execa('ffprobe', [...shown, join(space.path('drawn'), 'film.mp4')]);
    expect(stdout).toBe('98,62,9');
  }, 30_000);

  /** A film of photographs: each is shown for two of its frames. */
  async function filmOfPhotographs(space: Workspace, photographs: number): Promise<string> {
    await mkdir(space.path('photographs'));
    for (let n = 0; n < photographs; n++)
      await writeFile(space.path('photographs', `${n}.png`), await aPicture(`photograph ${n}`));
    const film = space.path('film.mp4');
    const source = ['-framerate', '5', '-i', space.path('photographs', '%d.png'), '-r', '10'];
    await execa('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', film]);
    return film;
  }

  it('finds and draws the same whatever the batch, in the order of the film', async () => {
    const space = await workspace();
    await filmOfPhotographs(space, 9);
    const frames: string[] = [];
    const found: Detection[][] = [];
    for (const batch of ['1', '5']) {
      const words = ['--threshold', '0.1', '--every', '3', '--batch', batch, '--draw', `@drawn${batch}`];
      const run = await space.command('detect', '--model', '@det', '@film.mp4', ...words, '--out', '@r.json');
      expect(run.exitCode).toBe(0);
      expect(run.error).toContain('6 images');
      found.push(await results(space, 'r.json'));
      const drawn = join(space.path(`drawn${batch}`), 'film.mp4');
      frames.push((await execa('ffmpeg', ['-v', 'error', '-i', drawn, '-f', 'framemd5', '-'])).stdout);
    }
    const [alone = [], together] = found;
    expect([...new Set(alone.map(({ frame }) => frame))]).toEqual([0, 3, 6, 9, 12, 15]);
    expect(together).toEqual(alone);
    expect(frames[0]?.split('\n').filter((line) => line.startsWith('0,'))).toHaveLength(18);
    expect(frames[1]).toBe(frames[0]);
  }, 30_000);

  it('looks at what comes before the place where a film is cut off, and says that it is', async () => {
    const space = await workspace();
    const film = await filmOfPhotographs(space, 12);
    // As a recorder leaves it that lost its power: the head stands before the frames.
    const whole = space.path('whole.mp4');
    await execa('ffmpeg', ['-v', 'error', '-i', film, '-c', 'copy', '-movflags', '+faststart', whole]);
    const bytes = await readFile(whole);
    await writeFile(space.path('cut.mp4'), bytes.subarray(0, Math.floor(0.6 * bytes.length)));
    const run = await space.command('detect', '--model', '@det', '@cut.mp4', '--batch', '4', '--threshold', '0.1', '--out', '@r.json'); // prettier-ignore
    const seen = new Set((await results(space, 'r.json')).map(({ frame }) => frame));
    expect(seen.size).toBeGreaterThan(4);
    expect(seen.size).toBeLessThan(24);
    expect(run.error).toContain(`${seen.size} images`);
    expect(run.error).toContain(`cut.mp4 is damaged: ${seen.size} of 24 frames were read. ffmpeg says:`);
  }, 30_000);

  it('draws no film over itself, and no two into one', async () => {
    const space = await workspace();
    for (const name of ['film.mp4', 'film.mov']) await writeFile(space.path(name), 'film');
    const onto = await space.command('detect', '--model', '@det', '@film.mp4', '--draw', '@.');
    expect([onto.exitCode, onto.error]).toEqual([
      2,
      expect.stringContaining('film.mp4 would be drawn over itself'),
    ]);
    const both = await space.command(
      'detect',
      '--model',
      '@det',
      '@film.mp4',
      '@film.mov',
      '--draw',
      '@drawn',
    );
    expect(both.error).toContain('film.mp4 and film.mov would both be drawn into');
    expect(await space.read('film.mp4')).toBe('film');
  });

  it('says that a film is none', async () => {
    const space = await workspace();
    await writeFile(space.path('film.mp4'), 'no film');
    const run = await space.command('detect', '--model', '@det', '@film.mp4');
    expect(run.exitCode).toBe(1);
    expect(run.error).toContain('film.mp4 cannot be read as a video');
  });
});
