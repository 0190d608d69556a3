import { describe, expect, it } from 'vitest';
import { cycleGanTrainStage } from '../../stages/cyclegan/stage.js';
import { cycleGanTranslateStage } from '../../stages/cyclegan/translate/stage.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { aDomain } from '../support/gan-domains.js';
import { runStage } from '../support/stage-harness.js';

describe('a known map between two domains (colours exchanged, noise added)', () => {
  it('is learnt: the distance falls by more than half, and the guard passes 95 %', async () => {
    // So many that objects stand in the same places in both: otherwise a generator learns to move them.
    const [source, target] = await Promise.all([aDomain('source', 400, 1), aDomain('target', 400, 2)]);
    const size = { crop: 32, width: 8, judgeWidth: 8, blocks: 2 };
    const length = { picturesAnEpoch: 40, epochs: { constant: 15, falling: 10 }, rate: 0.001 };
    const params = { ...size, ...length, sampleEvery: 1000, backend: 'wasm' };
    const trained = await runStage(cycleGanTrainStage, { params, inputs: { source, target }, seed: 1 });
    const generator = trained.outputs['generator'] as ArtifactReader;
    const fresh = await aDomain('source', 40, 3);
    const { metrics } = await runStage(cycleGanTranslateStage, {
      params: { backend: 'wasm' },
      inputs: { dataset: fresh, generator, target },
      seed: 1,
    });
    expect(metrics['distance/after']).toBeLessThan(0.5 * (metrics['distance/before'] ?? 0));
    expect(metrics['guard/passed']).toBeGreaterThanOrEqual(0.95);
  });
});
