import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { checkStage } from '../../../stages/check/stage.js';
import type { DatasetRecord } from '../../../stages/lib/dataset/record.js';
import { aDataset, anObject, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { aPicture } from '../../support/pictures.js';
import { runStage } from '../../support/stage-harness.js';

const size = { width: 96, height: 72 };

async function pictures(): Promise<Map<string, Buffer>> {
  const sound = await aPicture('a');
  const jpeg = () => sharp(sound).jpeg();
  const frames = await Promise.all(['a', 'b', 'c'].map(aPicture));
  return new Map([
    ['sound', sound],
    ['turned', await jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['cmyk', await jpeg().toColourspace('cmyk').toBuffer()],
    ['deep', await sharp(sound).toColourspace('rgb16').png().toBuffer()],
    [
      'animated',
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    ],
    ['cut', sound.subarray(0, sound.length / 2)],
    ['other', await sharp(sound).resize(48, 36).png().toBuffer()],
  ]);
}

async function run(names: readonly string[], params: JsonObject, changes: Partial<DatasetRecord> = {}) {
  const all = await pictures();
  const images = new Map([...all].filter(([name]) => names.includes(name)));
  const records = [...images.keys()].map((id) => aRecord(id, { ...size, ...changes }));
  return runStage(checkStage, { params, inputs: { dataset: await aDataset(records, { images }) } });
}

const everything = ['sound', 'turned', 'cmyk', 'deep', 'animated', 'cut', 'other'];

describe('the check stage', () => {
  it('errors name every fault that the file calls one, and where to say otherwise', async () => {
    await expect(run(everything, {})).rejects.toMatchObject({
      message: 'The dataset has 2 faults that the file calls errors.',
      details: [
        expect.stringContaining('image-unreadable: image "cut"'),
        'image-size: image "other": 48 × 36 pixels, recorded as 96 × 72',
      ],
      hint: expect.stringContaining('`images.unreadable`, `images.size`') as string,
    });
  });

  it('counts what it leaves, and drops what it is asked to', async () => {
    const { outputs, metrics, warnings } = await run(everything, {
      images: { unreadable: 'drop', size: 'drop', cmyk: 'drop' },
    });
    expect((await recordsIn(outputs['dataset'])).map(({ id }) => id)).toEqual([
      'sound',
      'turned',
      'deep',
      'animated',
    ]);
    expect(metrics).toMatchObject({
      'image-turned': 1,
      'image-cmyk': 1,
      'image-deep': 1,
      'image-animated': 1,
      'image-unreadable': 1,
      images: 4,
    });
    expect(warnings.join('\n')).toContain(
      '1 × image-turned, left as they are (`images.turned`): image "turned": EXIF orientation 6.',
    );
    expect(warnings.join('\n')).toContain('1 × image-cmyk, dropped');
  });

  it('repairs by writing images anew: 8 bits of RGB, one picture, nothing to turn, pixels where they were', async () => {
    const repair = { turned: 'repair', cmyk: 'repair', deep: 'repair', animated: 'repair' };
    const { outputs, warnings } = await run(everything.slice(0, 5), { images: repair });
    const dataset = outputs['dataset'];
    const records = await recordsIn(dataset);
    expect(records.map(({ id, width, height }) => [id, width, height])).toEqual(
      everything.slice(0, 5).map((id) => [id, 96, 72]),
    );
    for (const record of records) {
      const facts = await sharp(await dataset?.readBytes(record.image)).metadata();
      expect(facts).toMatchObject({ format: 'png', width: 96, height: 72, space: 'srgb', depth: 'uchar' });
      expect([facts.orientation ?? 1, facts.pages ?? 1]).toEqual([1, 1]);
    }
    expect(warnings).toHaveLength(4);
    expect(warnings.join('\n')).toContain('1 × image-deep, repaired');
  });

  it('turns an image whose boxes are of the upright one, and only that', async () => {
    const upright = { width: 72, height: 96 };
    await expect(run(['turned'], {}, upright)).rejects.toMatchObject({
      details: [expect.stringContaining('its boxes may be of the image turned upright')],
    });
    const { outputs } = await run(['turned'], { images: { turned: 'repair' } }, upright);
    const [record] = await recordsIn(outputs['dataset']);
    const data = await outputs['dataset']?.readBytes(record?.image ?? '');
    const wanted = await sharp(await aPicture('a'))
      .jpeg()
      .toBuffer();
    const pixels = (image: Buffer | undefined) => sharp(image).removeAlpha().raw().toBuffer();
    expect(record).toMatchObject(upright);
    expect(await pixels(data)).toEqual(await pixels(await sharp(wanted).rotate(90).png().toBuffer()));
  });

  it('repairs and drops boxes, and tells each with its image and place', async () => {
    const objects = [
      anObject('person', [90, 10, 120, 30]),
      anObject('person', [5, 5, 5, 9]),
      anObject('dog', [1, 1, 9, 9]),
    ];
    const { outputs, warnings, exhibits } = await run(
      ['sound'],
      { boxes: { overEdge: 'repair', empty: 'drop' }, classes: ['person'], unknownClass: 'drop' },
      { objects },
    );
    const [record] = await recordsIn(outputs['dataset']);
    expect(record?.objects).toEqual([
      { ...anObject('person', [90, 10, 96, 30]), amodalBox: [90, 10, 120, 30], truncated: true },
    ]);
    expect(JSON.parse((await outputs['dataset']?.readText('dataset.json')) ?? '')).toMatchObject({
      classes: ['person'],
    });
    expect(warnings).toEqual([
      '1 × box-over-edge, repaired (`boxes.overEdge`): image "sound", object 1: person [90, 10, 120, 30].',
      '1 × box-empty, dropped (`boxes.empty`): image "sound", object 2: person [5, 5, 5, 9].',
      '1 × class-unknown, dropped (`unknownClass`): image "sound", object 3: dog [1, 1, 9, 9].',
    ]);
    expect(exhibits[0]).toMatchObject({
      rows: expect.arrayContaining([['box-over-edge', 0, 1, 0]]) as unknown[],
    });
  });
});
