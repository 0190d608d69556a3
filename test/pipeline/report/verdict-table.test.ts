import { describe, expect, it } from 'vitest';
import { verdictTable } from '../../../pipeline/report/verdict-table.js';
import type { VerdictExhibit } from '../../../pipeline/stage/exhibit.js';

const verdict: VerdictExhibit = {
  type: 'verdict',
  title: 'Verdict',
  sentences: [],
  columns: ['arm'],
  rows: [{ cells: ['mixed'], stages: ['score[seed=1]', 'score[seed=2]'] }],
  timed: { column: 'training', kinds: ['train'] },
};
const stage = (name: string, kind: string, recordedMs: number, needs: readonly string[] = []) => ({
  name,
  kind,
  recordedMs,
  needs,
});

describe("the verdict's column of times", () => {
  it('is the mean of what the stages of its kinds took that a row stands on, shared ones counted once', () => {
    const stages = [
      stage('frames', 'render', 500_000),
      stage('first', 'train', 10_000, ['frames']),
      stage('detector[seed=1]', 'train', 20_000, ['first', 'frames']),
      stage('detector[seed=2]', 'train', 40_000, ['first', 'frames']),
      stage('score[seed=1]', 'evaluate', 7000, ['detector[seed=1]', 'first']),
      stage('score[seed=2]', 'evaluate', 7000, ['detector[seed=2]', 'first']),
    ];
    expect(verdictTable(verdict, stages)).toEqual({
      columns: ['arm', 'training'],
      rows: [['mixed', '40 s']],
    });
  });

  it('is not there where the journal does not say what takes from what', () => {
    expect(verdictTable(verdict, [stage('score[seed=1]', 'evaluate', 7000)]).columns).toEqual(['arm']);
  });
});
