import { describe, expect, it } from 'vitest';
import { plainReporter } from '../../../pipeline/report/plain.js';
import { ProgressMeter } from '../../../pipeline/report/progress-meter.js';

describe('the plain reporter', () => {
  it('writes a line an event, and progress every ten seconds only', () => {
    const lines: string[] = [];
    const reporter = plainReporter((line) => lines.push(line));
    reporter.on({
      type: 'stage-started',
      stage: 's',
      key: 'k',
      reasons: ['it was never made before'],
      atMs: 0,
    });
    for (let second = 0; second <= 25; second++)
      reporter.on({
        type: 'stage-progress',
        stage: 's',
        done: second,
        total: 100,
        unit: 'frames',
        atMs: second * 1000,
      });
    reporter.on({ type: 'stage-log', stage: 's', line: 'chatter', atMs: 1 });
    reporter.on({
      type: 'stage-failed',
      stage: 's',
      tookMs: 26_000,
      message: 'no',
      details: ['why'],
      hint: 'do this',
      atMs: 26_000,
    });
    expect(lines).toEqual([
      '> s  it was never made before',
      '  s  10/100 frames  1.0/s  1 min 30 s left',
      '  s  20/100 frames  1.0/s  1 min 20 s left',
      'x s failed after 26 s: no',
      '    why',
      '  do this',
    ]);
  });
});

describe('the progress meter', () => {
  it('says how long one takes where that is more telling than the rate', () => {
    const meter = new ProgressMeter();
    meter.update({ atMs: 0, done: 0, total: 3, unit: 'epochs' });
    meter.update({ atMs: 60_000, done: 1, total: 3, unit: 'epochs', note: 'loss 2' });
    expect(meter.text()).toBe('1/3 epochs  1 min 00 s each  2 min 00 s left  loss 2');
    expect(meter.fraction()).toBeCloseTo(1 / 3);
  });
});
