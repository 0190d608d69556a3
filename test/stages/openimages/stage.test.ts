import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { openImagesStage } from '../../../stages/openimages/stage.js';
import { recordsIn } from '../../support/dataset-builder.js';
import { imageServer, status, truncated, whole, type Answer } from '../../support/image-server.js';
import { aPicture } from '../../support/pictures.js';
import { runStage } from '../../support/stage-harness.js';

const header =
  'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside';
const files = {
  'classes.csv': '/m/person,Person\n/m/dog,Dog\n/m/bed,Bed\n',
  'validation.csv': [
    header,
    'p1,xclick,/m/person,1,0.25,0.75,0.5,1,0,1,0,0,0',
    'p1,xclick,/m/bed,1,0,1,0.5,1,0,0,0,0,0',
    'p2,xclick,/m/person,1,0,0.5,0,0.5,1,0,1,0,0',
    'p2,xclick,/m/dog,1,0,0.5,0,0.5,0,0,0,1,0',
    'd1,xclick,/m/dog,1,0.5,1,0,0.5,0,0,0,0,0',
    'b1,xclick,/m/bed,1,0.5,1,0,0.5,0,0,0,0,0',
    '',
  ].join('\n'),
  'test.csv': `${header}\nt1,xclick,/m/person,1,0,1,0,1,0,0,0,0,0\n`,
  'images.csv': 'ImageID,Subset,Rotation\np1,validation,90.0\nd1,validation,0.0\nt1,test,\n',
};

async function world(answers: Readonly<Record<string, readonly Answer[]>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-openimages-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const served: Record<string, { content: Buffer; answers?: readonly Answer[] }> = {};
  for (const path of ['validation/p1', 'validation/p2', 'validation/d1', 'validation/b1', 'test/t1']) {
    const content = await sharp(await aPicture(path))
      .resize(80, 40, { fit: 'fill' })
      .jpeg()
      .toBuffer();
    const own = answers[path];
    served[`/${path}.jpg`] = own ? { content, answers: own } : { content };
  }
  const server = await imageServer(served);
  const run = (params: JsonObject) =>
    runStage(openImagesStage, {
      baseDirectory: folder,
      params: {
        classDescriptions: 'classes.csv',
        boxes: { validation: 'validation.csv', test: 'test.csv' },
        classes: ['Person'],
        baseUrl: `${server.url}/`,
        retries: 1,
        stallSeconds: 0.3,
        ...params,
      },
    });
  return { server, run, folder };
}

const ids = async (run: Promise<Awaited<ReturnType<typeof runStage>>>) =>
  (await recordsIn((await run).outputs['dataset'])).map((record) => record.id);

describe('the openimages stage', () => {
  it('takes the images of the chosen classes, with boxes in pixels and every flag', async () => {
    const { run, server } = await world();
    const { outputs, metrics, warnings } = await run({});
    const [p1, p2, t1] = await recordsIn(outputs['dataset']);
    expect(p1).toMatchObject({
      id: 'p1',
      image: 'images/p1.jpg',
      width: 80,
      height: 40,
      attributes: { subset: 'validation' },
    });
    expect(p1?.objects).toEqual([
      {
        box: [20, 20, 60, 40],
        class: 'Person',
        truncated: true,
        occluded: false,
        crowd: false,
        attributes: { depiction: false, inside: false },
      },
    ]);
    expect(p2?.objects[0]).toMatchObject({ crowd: true, occluded: true });
    expect(t1).toMatchObject({
      id: 't1',
      attributes: { subset: 'test' },
      source: { dataset: 'openimages', group: 't1' },
    });
    expect(await outputs['dataset']?.has('images/t1.jpg')).toBe(true);
    expect([...server.requests].sort()).toEqual(['/test/t1.jpg', '/validation/p1.jpg', '/validation/p2.jpg']);
    expect(metrics).toMatchObject({ images: 3, objects: 3, missing: 0 });
    expect(warnings).toEqual([]);
  });

  it('classes keep the order of the file, by name or machine name', async () => {
    const { run } = await world();
    const { outputs } = await run({ classes: ['Dog', '/m/person'] });
    const head = JSON.parse((await outputs['dataset']?.readText('dataset.json')) ?? '') as {
      classes: string[];
    };
    expect(head.classes).toEqual(['Dog', 'Person']);
  });

  it('requires, excludes and takes negatives as asked', async () => {
    const { run } = await world();
    expect(await ids(run({ require: ['Bed'] }))).toEqual(['p1']);
    expect(await ids(run({ classes: ['Dog'], exclude: ['Person'] }))).toEqual(['d1']);
    expect(await ids(run({ exclude: ['Person'], empty: true }))).toEqual(['d1', 'b1']);
    expect(await ids(run({ groups: 'drop' }))).toEqual(['p1', 't1']);
    expect(await ids(run({ classes: ['Dog'], depictions: 'drop' }))).toEqual(['d1']);
    expect(await ids(run({ boxes: { test: 'test.csv' } }))).toEqual(['t1']);
  });

  it('a file of images narrows the choice and tells the rotation', async () => {
    const { run } = await world();
    const records = await recordsIn((await run({ images: ['images.csv'] })).outputs['dataset']);
    expect(records.map(({ id, attributes }) => [id, attributes])).toEqual([
      ['p1', { subset: 'validation', rotation: 90 }],
      ['t1', { subset: 'test' }],
    ]);
  });

  it('a smaller limit takes a part of what a larger one takes', async () => {
    const { run } = await world();
    const [one, two] = [await ids(run({ limit: 1 })), await ids(run({ limit: 2 }))];
    expect([one.length, two.length]).toEqual([1, 2]);
    expect(two).toEqual(expect.arrayContaining(one));
  });

  it('an unknown class is an error with the nearest one', async () => {
    const { run } = await world();
    await expect(run({ classes: ['Persn'] })).rejects.toMatchObject({ hint: 'Is "Person" meant?' });
    await expect(run({ classes: ['Person'], exclude: ['Person'] })).rejects.toThrow(
      'No image of OpenImages shows',
    );
  });

  it('an image id that would leave its folder is an error with file and line', async () => {
    const { run, folder } = await world();
    await writeFile(join(folder, 'test.csv'), `${header}\n../../t1,x,/m/person,1,0,1,0,1,0,0,0,0,0\n`);
    await expect(run({})).rejects.toThrow('test.csv, line 2: "../../t1" is no name of an image.');
  });

  it('missing and broken images are counted and named, not fatal, up to the limit', async () => {
    const broken: Answer = (request, response) => whole(request, response, Buffer.from('not a picture'));
    const answers = { 'validation/p1': [status(404)], 'validation/p2': [broken] };
    const { run, server } = await world(answers);
    const { warnings, metrics } = await run({ maxMissing: 2 });
    expect(warnings).toEqual([
      `2 of 3 images are left out: ${server.url}/validation/p1.jpg: HTTP 404; ${server.url}/validation/p2.jpg: does not decode.`,
    ]);
    expect(metrics).toMatchObject({ images: 1, missing: 2 });
    const failing = await world(answers);
    await expect(failing.run({ maxMissing: 0.5 })).rejects.toMatchObject({
      message: '2 of 3 images are missing, more than `maxMissing: 0.5` allows.',
      details: [expect.stringContaining('HTTP 404'), expect.stringContaining('does not decode')],
    });
  });

  it('what the server cannot give now fails its item alone, or counts as missing where the file says so', async () => {
    const answers = { 'validation/p1': [status(503)], 'validation/p2': [truncated, whole] };
    const failing = await world(answers);
    const { rejected, outputs } = await failing.run({});
    expect(rejected).toEqual({ p1: `${failing.server.url}/validation/p1.jpg: HTTP 503` });
    expect((await recordsIn(outputs['dataset'])).map(({ id }) => id)).toEqual(['p2', 't1']);
    const skipping = await world(answers);
    const { metrics } = await skipping.run({ unavailable: 'skip', maxMissing: 1 });
    expect(metrics).toMatchObject({ images: 2, missing: 1 });
  });
});
