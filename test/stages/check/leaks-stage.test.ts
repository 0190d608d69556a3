import { describe, expect, it } from 'vitest';
import { leaksStage } from '../../../stages/check/leaks-stage.js';
import { aDataset, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { aPicture, asSmallJpeg } from '../../support/pictures.js';
import { runStage } from '../../support/stage-harness.js';

async function world() {
  const train = new Map<string, Buffer>();
  for (const id of ['a', 'b', 'c', 'd']) train.set(id, await aPicture(id));
  const test = new Map<string, Buffer>([
    ['same', await aPicture('a')],
    ['alike', await asSmallJpeg(await aPicture('b'))],
    ['mate', await aPicture('mate')],
    ['stranger', await aPicture('stranger')],
  ]);
  const group = (id: string) => ({
    source: { dataset: 'd', group: ['c', 'mate'].includes(id) ? 'scene' : id },
  });
  return {
    dataset: await aDataset(
      [...train.keys()].map((id) => aRecord(id, group(id))),
      { images: train },
    ),
    heldOut: [
      await aDataset(
        [...test.keys()].map((id) => aRecord(id, group(id))),
        { images: test },
      ),
      await aDataset([]),
    ],
  };
}

describe('the gate between what is learnt from and what is held out', () => {
  it('stops at the same image, the same group and at what looks the same, and names all of them', async () => {
    await expect(runStage(leaksStage, { params: {}, inputs: await world() })).rejects.toMatchObject({
      details: [
        '"a" (to learn from) and "same" (held out in heldOut 1, heldOut 2) are the same image',
        '"c" (to learn from) and "mate" (held out in heldOut 1, heldOut 2) are of the same group "scene"',
        '"b" (to learn from) and "alike" (held out in heldOut 1, heldOut 2) look the same',
      ],
      hint: 'Where groups of two imports only happen to be called alike, give each import a `name`. Take such images out of one side, or write `sameImage: drop`, `sameGroup: drop`, `nearDuplicates: drop` to take them out of the side that is learnt from.',
    });
  });

  it('drops what the file says, tells which, and keeps the rest as it is', async () => {
    const params = { sameImage: 'drop', sameGroup: 'drop', nearDuplicates: 'drop' };
    const inputs = await world();
    const run = await runStage(leaksStage, { params, inputs });
    const before = await recordsIn(inputs.dataset);
    expect(await recordsIn(run.outputs['dataset'])).toEqual(before.filter(({ id }) => id === 'd'));
    expect(run.warnings).toEqual([
      expect.stringContaining('1 image is left out (`sameImage: drop`): "a" for "same"'),
      expect.stringContaining('1 image is left out (`nearDuplicates: drop`): "b" for "alike"'),
      expect.stringContaining('1 image is left out (`sameGroup: drop`): "c" for "mate"'),
    ]);
  });

  it('warns where the file says so, and does not look at pictures where it says ignore', async () => {
    const params = { sameImage: 'warn', sameGroup: 'warn', nearDuplicates: 'ignore' };
    const run = await runStage(leaksStage, { params, inputs: await world() });
    expect(await recordsIn(run.outputs['dataset'])).toHaveLength(4);
    expect(run.warnings).toHaveLength(2);
  });

  it('is an error when nothing is left', async () => {
    const dataset = await aDataset([aRecord('a')]);
    const run = runStage(leaksStage, {
      params: { sameImage: 'drop', sameGroup: 'drop' },
      inputs: { dataset, heldOut: [dataset] },
    });
    await expect(run).rejects.toThrow('No image is left of 1');
  });
});
