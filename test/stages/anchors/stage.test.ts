import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorsStage } from '../../../stages/anchors/stage.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { folderArtifact, runStage } from '../../support/stage-harness.js';
import { writeSquares } from '../../support/tiny-detector.js';

describe('the anchors stage', () => {
  let folder: string;
  let dataset: ArtifactReader;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anchors-test-'));
    await writeSquares(folder, 12, 1);
    dataset = await folderArtifact('dataset', folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('measures boxes as they lie in the network’s input', async () => {
    const anchorsOf = async (inputSize: [number, number]): Promise<number[][]> => {
      const run = await runStage(anchorsStage, {
        params: { count: 2, inputSize },
        inputs: { dataset },
        seed: 1,
      });
      const text = await run.outputs['anchors']?.readText('anchors.json');
      return (JSON.parse(text ?? '{}') as { anchors: number[][] }).anchors;
    };
    const small = await anchorsOf([64, 64]);
    const large = await anchorsOf([128, 128]);
    expect(large.flat().map((side) => side / 2)).toEqual(small.flat().map((side) => expect.closeTo(side, 6) as number)); // prettier-ignore
  });

  it('says how many different sizes there are when they are too few', async () => {
    const request = { params: { count: 500, inputSize: [64, 64] }, inputs: { dataset } };
    await expect(runStage(anchorsStage, request)).rejects.toThrow(
      /500 anchors were asked for, .* \d+ different/,
    );
  });
});
