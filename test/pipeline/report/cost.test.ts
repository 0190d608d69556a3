import { describe, expect, it } from 'vitest';
import { costOf } from '../../../pipeline/report/cost.js';
import type { StageSummary } from '../../../pipeline/report/run-summary.js';
import type { HistoryEntry } from '../../../pipeline/store/history.js';

function aStage(name: string, changes: Partial<StageSummary>): StageSummary {
  return {
    name,
    kind: 'render',
    needs: [],
    state: 'ran',
    reasons: [],
    tookMs: 0,
    outputs: {},
    metrics: {},
    warnings: [],
    ...changes,
  };
}

function aRun(stage: Partial<HistoryEntry['stages'][number]>): HistoryEntry {
  const whole = { name: 'frames', kind: 'render', state: 'ran', tookMs: 0, sizeBytes: 0 };
  return {
    version: 1,
    runId: 'r',
    pipeline: 'p',
    startedMs: 0,
    tookMs: 0,
    outcome: 'succeeded',
    stages: [{ ...whole, metrics: {}, intervals: {}, ...stage }],
  };
}

const held = { cpuMs: 8000, gpuMs: 0 };

describe('the cost of a run', () => {
  it('counts what reused items saved by what those that were made took', () => {
    const stage = aStage('frames', { held, items: { total: 10, reused: 6, failed: 0 } });
    expect(costOf([stage], [])).toMatchObject([
      { stage: 'frames', itemsMade: 4, itemsReused: 6, cpuMs: 8000, savedCpuMs: 12_000 },
    ]);
  });

  it('of a stage out of the store is what it took when its items were last made, for as many as there are', () => {
    const made = aRun({ held, items: { total: 4, reused: 0, failed: 0 } });
    const reused = aRun({ held: { cpuMs: 1, gpuMs: 0 }, items: { total: 4, reused: 4, failed: 0 } });
    const stage = aStage('frames', { state: 'cached', items: { total: 12, reused: 12, failed: 0 } });
    expect(costOf([stage], [made, reused])).toMatchObject([{ cpuMs: 0, savedCpuMs: 24_000 }]);
  });

  it('is one row for all instances of a stage', () => {
    const stages = ['detector[seed=1]', 'detector[seed=2]'].map((name) => aStage(name, { held }));
    expect(costOf(stages, [])).toMatchObject([{ stage: 'detector', itemsMade: null, cpuMs: 16_000 }]);
  });
});
