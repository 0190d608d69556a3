import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { readDomain } from '../../../stages/cyclegan/domain.js';
import { cycleGanParams } from '../../../stages/cyclegan/params.js';
import { trainGan, type GanTraining } from '../../../stages/cyclegan/train.js';
import { aDomain } from '../../support/gan-domains.js';

const small = {
  cut: { patches: 16 },
  crop: 24,
  width: 4,
  judgeWidth: 4,
  blocks: 1,
  backend: 'wasm',
  pool: 2,
  epochs: { constant: 2, falling: 1 },
};

describe('training generators', () => {
  let folder: string;
  let source: ArtifactReader;
  let target: ArtifactReader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gan-test-'));
    [source, target] = await Promise.all([aDomain('source', 4, 1), aDomain('target', 4, 2)]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A short training; stops itself after `steps` steps where given. */
  async function train(work: string, extra: object, steps = Infinity): Promise<GanTraining | 'aborted'> {
    const params = cycleGanParams.parse({ ...small, ...extra });
    const controller = new AbortController();
    return trainGan({
      params,
      source: await readDomain(source, 'source', params.crop),
      target: await readDomain(target, 'target', params.crop),
      seed: 3,
      workers: 1,
      workDirectory: join(folder, work),
      signal: controller.signal,
      log: () => undefined,
      onStep: (step) => {
        if (step >= steps) controller.abort();
      },
    }).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error;
      return 'aborted' as const;
    });
  }

  const paper = { variant: 'paper', samples: 2 };
  const encoded = { map: 'encoder', encoderWidth: 4, samples: 2, friction: 0.01 };
  it.each<[string, object]>([
    ['cyclegan', { mode: 'cyclegan' }],
    ['cut', { mode: 'cut' }],
    ['bayesian', { mode: 'bayesian' }],
    ['bayesian as published', { mode: 'bayesian', bayesian: paper }],
    ['bayesian with encoders and noise', { mode: 'bayesian', batch: 2, bayesian: encoded }],
  ])('of mode %s ends as an undisturbed one when it was stopped and resumed', async (name, params) => {
    const whole = await train(`${name}-whole`, params);
    expect(await train(`${name}-parts`, params, 5)).toBe('aborted');
    const resumed = await train(`${name}-parts`, params);
    if (whole === 'aborted' || resumed === 'aborted') throw new Error('it was aborted');
    expect(resumed.reports).toEqual(whole.reports);
    expect(Buffer.from(resumed.parameters.buffer).equals(Buffer.from(whole.parameters.buffer))).toBe(true);
    expect(whole.reports).toHaveLength(3);
  });

  it('leaves no tensor behind', async () => {
    const epochs = { constant: 1, falling: 0 };
    for (const params of [
      { mode: 'cyclegan' },
      { mode: 'cut' },
      { mode: 'bayesian', bayesian: { variant: 'paper' } },
      { mode: 'bayesian', bayesian: encoded },
    ]) {
      const before = tf.memory().numTensors;
      await train(`${JSON.stringify(params)}-memory`, { ...params, epochs });
      expect(tf.memory().numTensors, JSON.stringify(params)).toBe(before);
    }
  });

  it('with friction ends elsewhere, and says what γ is of', async () => {
    const ended = async (work: string, bayesian: object) => {
      const result = await train(work, { mode: 'bayesian', bayesian, epochs: { constant: 1, falling: 0 } });
      if (result === 'aborted') throw new Error('it was aborted');
      return result;
    };
    const [plain, noisy, published] = [
      await ended('plain', { samples: 1 }),
      await ended('noisy', { samples: 1, friction: 0.01 }),
      await ended('published', { samples: 1, variant: 'paper' }),
    ];
    expect(noisy.parameters).not.toEqual(plain.parameters);
    expect(plain.reports[0]?.losses).not.toHaveProperty('cycle generator/to target');
    expect(published.reports[0]?.losses).toHaveProperty('cycle generator/to target');
  });

  it('loses less and less of a picture on the way there and back', async () => {
    const result = await train('cycle', { rate: 0.002, width: 8, epochs: { constant: 20, falling: 0 } });
    if (result === 'aborted') throw new Error('it was aborted');
    const cycle = (n: number): number => result.reports.at(n)?.losses['cycle/to target'] ?? NaN;
    expect(cycle(-1)).toBeLessThan(0.6 * cycle(0));
  });

  it('that gets out of hand says at which step, and what to do', async () => {
    await expect(train('diverged', { rate: 1e30 })).rejects.toMatchObject({
      message: expect.stringMatching(/at step \d+ a loss is no number/) as string,
      hint: expect.stringContaining('Lower `rate`') as string,
    });
  });
});
