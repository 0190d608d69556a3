import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatorLayout } from '../../../stages/cyclegan/networks/generator.js';
import { initialParameters } from '../../../stages/cyclegan/networks/parameters.js';
import { cycleGanTranslateStage } from '../../../stages/cyclegan/translate/stage.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { recordsIn } from '../../support/dataset-builder.js';
import { aDomain } from '../../support/gan-domains.js';
import { folderArtifact, runStage } from '../../support/stage-harness.js';

/** A generator of random weights, as broken as can be. */
async function aBrokenGenerator(header: object = {}): Promise<ArtifactReader> {
  const shape = { inputChannels: 3, width: 4, blocks: 1 };
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
  return folderArtifact('generator', folder);
}

describe('translating a dataset', () => {
  let dataset: ArtifactReader;
  beforeAll(async () => {
    // 30 is no multiple of 4: it is padded and cut back.
    dataset = await aDomain('source', 4, 1, 30);
  });

  const translate = async (params: object, generator?: ArtifactReader) =>
    runStage(cycleGanTranslateStage, {
      params: { backend: 'wasm', ...params },
      inputs: { dataset, generator: generator ?? (await aBrokenGenerator()) },
    });

  it('rejects what a broken generator makes, says so and keeps the originals', async () => {
    const { outputs, warnings, metrics } = await translate({});
    const [before, after] = [await recordsIn(dataset), await recordsIn(outputs['dataset'])];
    expect(metrics['guard/passed']).toBe(0);
    expect(after.map(({ imageDigest }) => imageDigest)).toEqual(before.map(({ imageDigest }) => imageDigest));
    expect(warnings.join()).toMatch(
      /4 of 4 translations were rejected and replaced by their originals: source-0/,
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

  it('says which generators have no versions, and which take other channels', async () => {
    await expect(translate({ versions: 2 })).rejects.toThrow('mode cyclegan has only one');
    await expect(translate({}, await aBrokenGenerator({ inputChannels: 1 }))).rejects.toThrow(
      'takes 1 channels',
    );
  });
});
