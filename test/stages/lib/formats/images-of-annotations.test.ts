import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { displayedSize, displayedToStored } from '../../../../stages/lib/imaging/exif-orientation.js';
import type { ExifOrientation } from '../../../../stages/lib/imaging/inspect-image.js';
import { pathBelow } from '../../../../stages/lib/formats/inside-path.js';
import type { ReadOptions } from '../../../../stages/lib/formats/read-options.js';
import { aFolder, blankImage, readFormat } from '../../../support/format-harness.js';

const header = 'filename,width,height,class,xmin,ymin,xmax,ymax\n';
const csv = (...images: string[]): string =>
  `${header}${images.map((name) => `${name},64,48,dog,1,2,30,40\n`).join('')}`;

async function read(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ReadOptions> = {},
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
) {
  const folder = await aFolder(files);
  await prepare(folder);
  return readFormat('csv', folder, { file: 'l.csv', images: 'images', ...options });
}

describe('paths in annotations', () => {
  it.each([
    ['a/b.png', 'a/b.png'],
    ['./a/../b.png', 'b.png'],
    ['a\\b.png', 'a/b.png'],
    ['/data/set/a.png', 'a.png'],
    ['../a.png', undefined],
    ['a/../../b.png', undefined],
    ['..\\a.png', undefined],
    ['/etc/passwd', undefined],
    ['/data/set2/a.png', undefined],
    ['C:\\a.png', undefined],
    ['', undefined],
    ['.', undefined],
  ])('%j below /data/set is %j', (written, below) => {
    expect(pathBelow('/data/set', written)).toBe(below);
  });

  it.each(['../secret.png', 'x/../../secret.png', '/etc/secret.png', '..\\secret.png'])(
    '%s is refused, with the place and the remedy',
    async (name) => {
      const png = await blankImage(64, 48);
      await expect(read({ 'l.csv': csv(name), 'images/a.png': png, 'secret.png': png })).rejects.toThrow(
        /l.csv, line 2: ".*secret.png" leads out of .*images/,
      );
    },
  );

  it('a path outside is read where that is allowed', async () => {
    const png = await blankImage(64, 48);
    const { records } = await read(
      { 'l.csv': csv('../other.png'), 'images/a.png': png, 'other.png': png },
      { allowOutside: true },
    );
    expect(records[0]?.id).toBe('other');
  });

  it('a link that leaves the folder is refused, one inside it is not', async () => {
    const png = await blankImage(64, 48);
    const files = { 'l.csv': csv('link.png'), 'images/a.png': png, 'secret.png': png };
    const linking = (target: string) => (folder: string) => symlink(target, join(folder, 'images/link.png'));
    await expect(read(files, {}, linking('../secret.png'))).rejects.toThrow('"link.png" leads out of');
    expect((await read(files, {}, linking('a.png'))).records).toHaveLength(1);
    expect((await read(files, { allowOutside: true }, linking('../secret.png'))).records).toHaveLength(1);
  });

  it('an annotation file behind a link that leaves the folder is refused too', async () => {
    const png = await blankImage(64, 48);
    const outside = await aFolder({ 'a.txt': '0 0.5 0.5 0.5 0.5\n' });
    const folder = await aFolder({ 'images/a.png': png, 'classes.txt': 'dog\n' });
    await mkdir(join(folder, 'labels'));
    await symlink(join(outside, 'a.txt'), join(folder, 'labels/a.txt'));
    await expect(readFormat('yolo', folder)).rejects.toThrow('leads out of');
  });

  it('an image is found by its path, else by the one file whose path ends so; two are asked about', async () => {
    const png = await blankImage(64, 48);
    const files = { 'images/train/a.png': png, 'images/val/a.png': png, 'images/val/b.png': png };
    const ids = async (name: string) =>
      (await read({ 'l.csv': csv(name), ...files })).records.map(({ id }) => id);
    expect(await ids('val/a.png')).toEqual(['val/a']);
    expect(await ids('b.png')).toEqual(['val/b']);
    expect(await ids('b')).toEqual(['val/b']);
    expect(await ids('somewhere/else/b.png')).toEqual(['val/b']);
    await expect(ids('a.png')).rejects.toThrow('l.csv, line 2: "a.png" may be train/a.png or val/a.png.');
  });
});

describe('images that are missing, broken, or of another size', () => {
  const files = async () => ({
    'images/a.png': await blankImage(64, 48),
    'images/broken.png': Buffer.from('no image'),
    'images/small.png': await blankImage(32, 24),
  });

  it('are errors with the place, unless they are to be left out and counted', async () => {
    const wrong = { 'gone.png': 'missing', 'broken.png': 'unreadable', 'small.png': 'sizeMismatch' } as const;
    for (const [name, option] of Object.entries(wrong)) {
      const all = { 'l.csv': csv('a.png', name), ...(await files()) };
      await expect(read(all)).rejects.toThrow(/^l.csv, line 3: /);
      const { records, notes } = await read(all, { [option]: 'skip' });
      expect(records.map(({ id }) => id)).toEqual(['a']);
      expect(notes.join('\n')).toContain('1 images are left out because');
    }
  });

  it('boxes are scaled to an image that was resized, where that is said', async () => {
    const all = { 'l.csv': csv('small.png'), ...(await files()) };
    const { records, notes } = await read(all, { sizeMismatch: 'scale' });
    expect(records[0]).toMatchObject({ width: 32, height: 24, objects: [{ box: [0.5, 1, 15, 20] }] });
    expect(notes.join()).toContain('1 images are not of the annotated size; their boxes are scaled');
  });

  it('a file whose data is cut short is found when pixels are decoded', async () => {
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
    const whole = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#000', noise } })
      .jpeg()
      .toBuffer();
    const all = { 'l.csv': csv('a.jpg'), 'images/a.jpg': whole.subarray(0, whole.length / 2) };
    expect((await read(all)).records).toHaveLength(1);
    await expect(read(all, { decode: 'pixels' })).rejects.toThrow('The image a.jpg cannot be read');
  });
});

describe('images that EXIF turns', () => {
  const square = { left: 5, top: 3, width: 20, height: 8 };
  /** A black image of 64 × 48 as stored, with a white part, and what a viewer shows of it. */
  const turned = async (orientation: ExifOrientation) => {
    const white = await sharp({ create: { ...square, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const stored = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#000' } })
      .composite([{ input: white, left: square.left, top: square.top }])
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    const { data, info } = await sharp(stored)
      .autoOrient()
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const xs: number[] = [];
    const ys: number[] = [];
    for (let at = 0; at < info.width * info.height; at++)
      if ((data[at * info.channels] ?? 0) > 128) {
        xs.push(at % info.width);
        ys.push(Math.floor(at / info.width));
      }
    const shown = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1] as const;
    return { stored, shown, width: info.width, height: info.height };
  };
  const storedBox = [5, 3, 25, 11];

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
    'orientation %i: shown points go back to the stored ones',
    async (o) => {
      const { shown, width, height } = await turned(o);
      const size = { width: 64, height: 48 };
      expect(displayedSize(size, o)).toEqual({ width, height });
      const back = displayedToStored(o, size);
      const corners = [back(shown[0], shown[1]), back(shown[2], shown[3])];
      const xs = corners.map(([x]) => x);
      const ys = corners.map(([, y]) => y);
      expect([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]).toEqual(storedBox);
    },
  );

  it('boxes drawn on the displayed picture are turned back, told by the annotated size, and counted', async () => {
    const { stored, shown, width, height } = await turned(6);
    const text = `${header}a.png,${width},${height},dog,${shown.join(',')}\n`;
    const { records, notes } = await read({ 'l.csv': text, 'images/a.png': stored });
    expect(records[0]).toMatchObject({ width: 64, height: 48, objects: [{ box: storedBox }] });
    expect(notes.join()).toContain('1 images are turned by EXIF; their boxes are turned back');
  });

  it('boxes drawn on the stored pixels stay, and where nothing tells, that is said', async () => {
    const { stored } = await turned(6);
    const text = `${header}a.png,64,48,dog,${storedBox.join(',')}\n`;
    const kept = await read({ 'l.csv': text, 'images/a.png': stored });
    expect(kept.records[0]?.objects[0]?.box).toEqual(storedBox);
    expect(kept.notes).toEqual([]);
    const mirrored = await turned(2);
    const unclear = await read({ 'l.csv': text, 'images/a.png': mirrored.stored });
    expect(unclear.notes.join()).toContain(
      '1 images are turned by EXIF, and their boxes are taken as drawn on the stored',
    );
    const shown = text.replace(storedBox.join(','), mirrored.shown.join(','));
    const told = await read(
      { 'l.csv': shown, 'images/a.png': mirrored.stored },
      { orientation: 'displayed' },
    );
    expect(told.records[0]?.objects[0]?.box).toEqual(storedBox);
  });
});

describe('names of images', () => {
  it('the folder that formats put all images into is no part of them; an extension keeps two apart', async () => {
    const png = await blankImage(64, 48);
    const folder = await aFolder({});
    for (const name of ['images/a.png', 'images/deep/a.png', 'images/a.webp']) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), png);
    }
    await writeFile(join(folder, 'l.csv'), csv('images/a.png', 'images/a.webp', 'images/deep/a.png'));
    const { records } = await readFormat('csv', folder, { file: 'l.csv' });
    expect(records.map(({ id, image }) => [id, image])).toEqual([
      ['a', 'images/a.png'],
      ['a.webp', 'images/a.webp'],
      ['deep/a', 'images/deep/a.png'],
    ]);
  });
});
