import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatorLayout } from '../../../stages/cyclegan/networks/generator.js';
import { mapEncoderShape } from '../../../stages/cyclegan/networks/map-encoder.js';
import { initialParameters } from '../../../stages/cyclegan/networks/parameters.js';
import { cycleGanTranslateStage } from '../../../stages/cyclegan/translate/stage.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { recordsIn } from '../../support/dataset-builder.js';
import { aDomain } from '../../support/gan-domains.js';
import { folderArtifact, runStage } from '../../support/stage-harness.js';

interface Header {
  readonly mode?: string;
  readonly inputChannels?: number;
  readonly encoder?: { readonly width: number; readonly parameters: number };
}

/** A generator of random weights, as broken as can be. */
async function aBrokenGenerator(header: Header = {}): Promise<ArtifactReader> {
  const shape = {
    inputChannels: header.inputChannels ?? (header.encoder ? 4 : 3),
    width: 4,
    blocks: 1,
  };
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-generator-'));
  const values = initialParameters(generatorLayout(shape), 9);
  const about = {
    version: 1,
    mode: 'cyclegan',
    ...shape,
    crop: 24,
    steps: 1,
    parameters: values.length,
    ...header,
  };
  await writeFile(join(folder, 'generator.json'), JSON.stringify(about));
  await writeFile(join(folder, 'generator.bin'), new Uint8Array(values.buffer));
  await writeFile(join(folder, 'learnt-images.jsonl'), '{"kept":true}\n');
  if (about.encoder) {
    const numbers = initialParameters(generatorLayout(mapEncoderShape(about.encoder.width)), 8);
    await writeFile(join(folder, 'encoder.bin'), new Uint8Array(numbers.buffer));
  }
  return folderArtifact('generator', folder);
}

describe('translating a dataset', () => {
  let dataset: ArtifactReader;
  beforeAll(async () => {
    // 30 is no multiple of 4: it is padded and cut back.
    dataset = await aDomain('source', 4, 1, 30);
  });

  const translate = async (
    params: object,
    generator?: ArtifactReader,
    more: Readonly<Record<string, ArtifactReader>> = {},
  ) =>
    runStage(cycleGanTranslateStage, {
      params: { backend: 'wasm', ...params },
      inputs: { dataset, generator: generator ?? (await aBrokenGenerator()), ...more },
    });

  it('rejects what a broken generator makes, says so and keeps the originals', async () => {
    const { outputs, warnings, metrics } = await translate({});
    const [before, after] = [await recordsIn(dataset), await recordsIn(outputs['dataset'])];
    expect(metrics['guard/passed']).toBe(0);
    expect(after.map(({ imageDigest }) => imageDigest)).toEqual(before.map(({ imageDigest }) => imageDigest));
    expect(warnings.join()).toMatch(
      /4 of 4 translations were rejected and replaced by the originals: source-0/,
    );
    expect(warnings.join()).toMatch(/So many are rejected that the training is the cause/);
  });

  it('makes the same with ONNX Runtime', async () => {
    const guard = { boxEdges: -1, outside: -1, colour: 0 };
    const pixelsOf = async (runtime: string): Promise<Buffer> => {
      const { outputs } = await translate({ guard, runtime });
      const made = outputs['dataset'] as ArtifactReader;
      const [record] = await recordsIn(made);
      const file = await made.file(record?.image ?? '');
      return sharp(made.locate(file)).raw().toBuffer();
    };
    const [here, there] = await Promise.all(['tfjs', 'onnx'].map(pixelsOf));
    expect(here?.length).toBe(30 * 30 * 3);
    // One step of a byte, where a value lies between two.
    for (const [i, value] of (here ?? []).entries())
      expect(Math.abs(value - (there?.[i] ?? NaN))).toBeLessThanOrEqual(1);
  });

  it('leaves rejected images out where the file says so', async () => {
    const { outputs } = await translate({ guard: { rejected: 'drop' } });
    expect(await recordsIn(outputs['dataset'])).toEqual([]);
  });

  it('carries boxes, groups and what the generator learnt over to what passes', async () => {
    const guard = { boxEdges: -1, outside: -1, colour: 0 };
    const { outputs } = await translate({ guard });
    const [before, after] = [await recordsIn(dataset), await recordsIn(outputs['dataset'])];
    for (const [n, record] of after.entries()) {
      expect(record).toMatchObject({
        id: before[n]?.id,
        width: 30,
        height: 30,
        objects: before[n]?.objects,
        source: before[n]?.source,
      });
      expect(record.imageDigest).not.toBe(before[n]?.imageDigest);
    }
    expect(await outputs['dataset']?.readText('learnt-images.jsonl')).toBe('{"kept":true}\n');
  });

  it('draws versions with an encoder out of images of the target, which are learnt from then', async () => {
    const encoded = () => aBrokenGenerator({ mode: 'bayesian', encoder: { width: 4, parameters: 0 } });
    await expect(translate({}, await encoded())).rejects.toThrow(
      'The generator’s encoder takes images of the target domain, and there are none.',
    );
    const target = await aDomain('target', 3, 2, 32);
    const guard = { boxEdges: -1, outside: -1, colour: 0 };
    const pixelsOf = async (runtime: string): Promise<Buffer[]> => {
      const { outputs } = await translate({ guard, runtime, versions: 2 }, await encoded(), { target });
      const made = outputs['dataset'] as ArtifactReader;
      const records = await recordsIn(made);
      expect(records).toHaveLength(8);
      const learnt = await made.readText('learnt-images.jsonl');
      expect(learnt).toContain('{"kept":true}');
      expect(learnt).toContain('"id":"target-2"');
      const paths = await Promise.all(records.map(async ({ image }) => made.locate(await made.file(image))));
      return Promise.all(paths.map((path) => sharp(path).raw().toBuffer()));
    };
    const [here = [], there = []] = [await pixelsOf('tfjs'), await pixelsOf('onnx')];
    expect(new Set(here.map((pixels) => pixels.toString('hex'))).size).toBe(8);
    for (const [n, pixels] of here.entries())
      for (const [i, value] of pixels.entries())
        expect(Math.abs(value - (there[n]?.[i] ?? NaN))).toBeLessThanOrEqual(1);
  });

  it('names versions where it rejects them, and shows some side by side', async () => {
    const generator = await aBrokenGenerator({ mode: 'bayesian', inputChannels: 4 });
    const { warnings, exhibits } = await translate({ versions: 2, guard: { boxEdges: 1 } }, generator);
    expect(warnings.join()).toContain('8 of 8 translations were rejected and replaced by the originals');
    expect(warnings.join()).toMatch(/source-0, version 1 \(.*\), source-0, version 2 \(/);
    expect(exhibits.map(({ title }) => title)).toContain('Originals and their versions');
  });

  it('says where there is nothing to translate, and where too little passed to measure a distance', async () => {
    const target = await aDomain('target', 3, 2);
    const { warnings } = await translate({}, undefined, { target });
    expect(warnings.join()).toContain('takes two images of each side, and there are 0 that passed the guard');
    const empty = await translate({}, undefined, { dataset: await aDomain('source', 0, 1) });
    expect(empty.warnings).toEqual(['The dataset holds no images: there was nothing to translate.']);
    expect(empty.metrics).toEqual({});
  });

  it('says which generators have no versions, and which take other channels', async () => {
    await expect(translate({ versions: 2 })).rejects.toThrow('mode cyclegan has only one');
    // Where a stage is planned, so once and before any image.
    await expect(translate({}, await aBrokenGenerator({ inputChannels: 1 }))).rejects.toThrow(
      'takes 1 channels',
    );
  });
});
