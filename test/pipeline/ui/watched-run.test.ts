import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../pipeline/events/event.js';
import { graphOfInstances, instancesOf, stateOfInstances } from '../../../pipeline/ui/client/instances.js';
import { WatchedRun } from '../../../pipeline/ui/client/watched-run.js';

const names = ['data', 'train[seed=1]', 'train[seed=2]', 'verdict'];
const started: RunEvent = {
  type: 'run-started',
  atMs: 0,
  runId: 'r',
  pipeline: 'p',
  file: 'p.yaml',
  seed: 0,
  stages: names.map((name, index) => ({
    name,
    kind: 'kind',
    needs: index === 0 ? [] : index < 3 ? ['data'] : ['train[seed=1]', 'train[seed=2]'],
  })),
};

function watched(...events: readonly RunEvent[]): WatchedRun {
  const run = new WatchedRun();
  for (const event of [started, ...events]) run.on(event);
  return run;
}

const begins = (stage: string, atMs = 1): RunEvent => ({
  type: 'stage-started',
  atMs,
  stage,
  key: 'k',
  reasons: ['new'],
});
const step = (stage: string, done: number, loss: number): RunEvent => ({
  type: 'stage-progress',
  atMs: 1000 * done,
  stage,
  done,
  total: 10,
  unit: 'steps',
  figures: { loss },
});

describe('a watched run', () => {
  it('knows what runs, how fast and how long still, and what waits', () => {
    const run = watched(begins('data'), step('data', 2, 9), step('data', 4, 7));
    expect(run.stateOf('data')).toBe('running');
    expect(run.shareOf('data')).toBe(0.4);
    expect(run.stage('data').meter.text()).toBe('4/10 steps  1.0/s  6.0 s left');
    expect(run.stateOf('verdict')).toBe('waiting');
  });

  it('draws curves of the figures; what is done over takes the place of what was', () => {
    const run = watched(step('data', 1, 9), step('data', 2, 8), step('data', 3, 7), step('data', 2, 6));
    expect(run.stage('data').curves.get('loss')).toEqual([
      [1, 9],
      [2, 6],
    ]);
  });

  it('keeps the latest picture of each place', () => {
    const picture = (file: string, title: string): RunEvent => ({
      type: 'stage-picture',
      atMs: 5,
      stage: 'data',
      title,
      file,
    });
    const run = watched(picture('a-0.png', '1'), picture('a-1.png', '2'), picture('a-0.png', '3'));
    expect(run.stage('data').pictures.map(({ title }) => title)).toEqual(['2', '3']);
  });

  it('says of what was cut off that it was, once the run has ended', () => {
    const run = watched(begins('data'));
    run.end();
    expect([run.stateOf('data'), run.stateOf('verdict')]).toEqual(['interrupted', 'skipped']);
    expect(run.hasFinished).toBe(false);
  });
});

describe('instances of a stage', () => {
  it('are one box, which tells of the one that matters most', () => {
    const run = watched(begins('train[seed=2]'));
    const train = instancesOf(run)[1];
    if (!train) throw new Error('no group');
    expect(train.instances).toEqual(['train[seed=1]', 'train[seed=2]']);
    expect(stateOfInstances(train, run)).toEqual({ state: 'running', instance: 'train[seed=2]' });
    expect(graphOfInstances(run).edges.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'data>train',
      'train>verdict',
    ]);
  });
});
