import { describe, expect, it } from 'vitest';
import type { MeasureChange } from '../../../pipeline/report/measure-changes.js';
import { sinceView } from '../../../pipeline/report/since-view.js';
import { warningView } from '../../../pipeline/report/warning-view.js';
import type { ReportedStage } from '../../../pipeline/report/page-model.js';

function measure(name: string, change: number, low: number, high: number): MeasureChange {
  const judgement = low > 0 ? 'better' : high < 0 ? 'worse' : 'same';
  return { stage: 'verdict', name, before: 0, after: change, change, interval: { low, high }, judgement };
}

function warned(name: string, ...warnings: readonly string[]): ReportedStage {
  return {
    name,
    kind: 'kind',
    needs: [],
    state: 'ran',
    reason: '',
    tookMs: 0,
    recordedMs: 0,
    artifacts: [],
    metrics: {},
    warnings,
    exhibits: [],
  };
}

describe('what is different from the last run', () => {
  const view = sinceView({
    runId: 'r',
    startedAt: '2026-11-27T19:00:00.000Z',
    changes: Array.from({ length: 11 }, (_, index) => ({ text: `change ${index}`, stages: 'a' })),
    measures: [
      measure('mixed', 0.1, 0.05, 0.15),
      measure('real', 0, 0, 0),
      measure('adapted', 0.01, -0.02, 0.04),
      measure('synthetic', -0.2, -0.3, -0.1),
    ],
  });

  it('names beside the verdict what moved by more than chance explains, either way', () => {
    expect(view.moved.map(({ name, judgement }) => [name, judgement])).toEqual([
      ['mixed', 'better'],
      ['synthetic', 'worse'],
    ]);
  });

  it('counts what did not move at all, and folds long lists away', () => {
    expect(view.told.map(({ name }) => name)).toEqual(['mixed', 'adapted', 'synthetic']);
    expect([view.stillCount, view.measured]).toEqual([1, 4]);
    expect([view.changes.length, view.moreChanges.length]).toEqual([8, 3]);
  });
});

describe('warnings', () => {
  it('that several instances say alike stand once', () => {
    const view = warningView([
      warned('a[seed=1]', 'low'),
      warned('a[seed=2]', 'low', 'high'),
      warned('a[seed=3]', 'low'),
    ]);
    expect(view.shown).toEqual([
      { text: 'low', stages: 'a[seed=1], a[seed=2] and 1 more' },
      { text: 'high', stages: 'a[seed=2]' },
    ]);
  });

  it('are folded away when there are many', () => {
    const many = Array.from({ length: 30 }, (_, index) => `warning ${index}`);
    const view = warningView([warned('a', ...many)]);
    expect([view.count, view.shown.length, view.more.length]).toEqual([30, 12, 18]);
  });
});
