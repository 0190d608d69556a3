import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../../pipeline/core/digest.js';
import type { StageContext } from '../../../../pipeline/stage/context.js';
import { reasonsAgainst } from '../../../../stages/cyclegan/guard/judgement.js';
import type { GuardMeasures } from '../../../../stages/cyclegan/guard/measure.js';
import type { Mode } from '../../../../stages/cyclegan/modes.js';
import { GuardReport } from '../../../../stages/cyclegan/translate/guard-report.js';
import { translateParams, type TranslateParams } from '../../../../stages/cyclegan/translate/params.js';

describe('what is said of rejected translations', () => {
  let picture: string;
  beforeAll(async () => {
    picture = join(await mkdtemp(join(tmpdir(), 'guard-report-')), 'picture.png');
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).toFile(picture);
  });

  async function warningsOf(all: readonly GuardMeasures[], mode: Mode): Promise<string[]> {
    const params = translateParams.parse({});
    const warnings: string[] = [];
    const context = {
      params,
      metric: () => undefined,
      exhibit: () => Promise.resolve(),
      warn: (message: string) => void warnings.push(message),
      locate: () => picture,
    } as unknown as StageContext<TranslateParams>;
    const report = new GuardReport(1);
    const file = { path: 'x.png', digest: digestOfBytes(new Uint8Array()), sizeBytes: 0 };
    for (const [n, measures] of all.entries())
      report.add({
        id: `image-${n}`,
        version: 0,
        original: file,
        translated: file,
        measures,
        reasons: reasonsAgainst(measures, params.guard),
      });
    await report.show(context, mode);
    return warnings;
  }

  const good: GuardMeasures = { boxEdges: 0.9, colour: 1 };
  const moved: GuardMeasures = { boxEdges: 0.1, colour: 1 };
  const unseen: GuardMeasures = { ...good, recallBefore: 1, recallAfter: 0, newDetections: 0 };

  it('is nothing where there are none, and one sentence where they are few', async () => {
    expect(await warningsOf([good, good], 'cut')).toEqual([]);
    expect(await warningsOf([moved, ...Array.from({ length: 9 }, () => good)], 'cut')).toEqual([
      '1 of 10 translations was rejected and replaced by the original: image-0 (edges inside a box agree by 0.10, below 0.4).',
    ]);
  });

  it('names what keeps objects where they are, by what was trained', async () => {
    expect((await warningsOf([moved, moved], 'cyclegan'))[1]).toContain('`mode: cut`');
    const ofCut = (await warningsOf([moved, moved], 'cut'))[1];
    expect(ofCut).toContain('more `cut.weight`');
    expect(ofCut).not.toContain('`mode: cut`');
  });

  it('blames the detector where only the detector finds fault', async () => {
    const [, cause] = await warningsOf([unseen, unseen, moved], 'cyclegan');
    expect(cause).toContain('2 of them were rejected for what the detector finds alone');
    expect((await warningsOf([unseen, moved, moved], 'cyclegan'))[1]).toContain('the training is the cause');
  });
});
