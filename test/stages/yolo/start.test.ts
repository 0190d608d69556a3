import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { yoloTrainStage } from '../../../stages/yolo/stage.js';
import { folderArtifact, runStage, type StageRun } from '../../support/stage-harness.js';
import { tinyCfg, writeSquares } from '../../support/tiny-detector.js';

describe('a training that goes on with a detector', () => {
  let folder: string;
  let first: ArtifactReader;

  async function train(data: string, params: JsonObject, start?: ArtifactReader): Promise<StageRun> {
    const images = await folderArtifact('dataset', join(folder, data));
    return runStage(yoloTrainStage, {
      baseDirectory: folder,
      params: { cfg: 'tiny.cfg', batch: 4, validateEvery: 50, backend: 'wasm', ...params },
      inputs: { train: images, validation: images, ...(start ? { start } : {}) },
      seed: 3,
    });
  }

  /** The share of a network's numbers that are those of the first one. */
  async function sameShare({ outputs }: StageRun): Promise<number> {
    const own = await numbersOf(outputs['detector']);
    const others = await numbersOf(first);
    return own.filter((value, index) => value === others[index]).length / own.length;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yolo-start-'));
    await writeSquares(join(folder, 'squares'), 4, 1);
    await writeSquares(join(folder, 'others'), 4, 2);
    await writeSquares(join(folder, 'green'), 4, 3);
    const records = join(folder, 'green/records.jsonl');
    await writeFile(records, (await readFile(records, 'utf8')).replaceAll('"red"', '"green"'));
    const header = join(folder, 'green/dataset.json');
    await writeFile(header, (await readFile(header, 'utf8')).replaceAll('"red"', '"green"'));
    await writeFile(join(folder, 'tiny.cfg'), tinyCfg);
    const { detector } = (await train('squares', { epochs: 2 })).outputs;
    if (!detector) throw new Error('no detector');
    first = detector;
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  it('begins where that one was, and counts what it had learnt as learnt', async () => {
    // Steps too small for 32-bit numbers to show: what is written is what it began with.
    const still = { epochs: 1, averageDecay: 0, optimizer: { name: 'adam', rate: 1e-15, weightDecay: 0 } };
    const started = await train('others', still, first);
    expect(await sameShare(started)).toBeGreaterThan(0.9);
    expect(await sameShare(await train('others', still))).toBeLessThan(0.2);
    const learnt = await started.outputs['detector']?.readText('learnt-images.jsonl');
    for (const id of ['1-0', '2-0']) expect(learnt).toContain(`"id":"${id}"`);
  }, 60_000);

  it('takes one of the same classes only', async () => {
    await expect(train('green', { epochs: 1 }, first)).rejects.toThrow(
      'The detector to start from knows red, blue; the training images show',
    );
  });

  it('does not start from a file as well', async () => {
    await writeFile(join(folder, 'some.weights'), '');
    await expect(train('squares', { epochs: 1, weights: 'some.weights' }, first)).rejects.toThrow(
      '`weights` and the input `start` are both given',
    );
  });
});

const headerBytes = 20;

async function numbersOf(detector: ArtifactReader | undefined): Promise<Float32Array> {
  const bytes = await detector?.readBytes('model.weights');
  return new Float32Array(Uint8Array.from(bytes ?? []).slice(headerBytes).buffer);
}
