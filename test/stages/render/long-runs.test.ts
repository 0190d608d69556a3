import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject, JsonValue } from '../../../pipeline/core/json.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { QualityReport, type QualityFile } from '../../../stages/render/quality/quality-report.js';
import { renderStage } from '../../../stages/render/stage.js';
import { runStage, type StageRun } from '../../support/stage-harness.js';
import { itemCounts, Workspace } from '../../support/workspace.js';

// Every crash starts a process anew.
vi.setConfig({ testTimeout: 60_000 });

const blender = resolve(import.meta.dirname, '../../fakes/fake-blender.mjs');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-long-'));
  await writeFile(join(folder, 'scene.py'), '# Read by nobody: Blender is not real.\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Frames of which every other one does `act`; which ones, is drawn. */
function render(act: JsonValue, params: JsonObject = {}): Promise<StageRun> {
  return runStage(renderStage, {
    seed: 2,
    baseDirectory: folder,
    params: {
      scene: 'scene.py',
      blender,
      frames: 8,
      resolution: [16, 16],
      engine: { device: 'cpu' },
      framesPerProcess: 8,
      randomize: { act, marker: join(folder, 'marker') },
      ...params,
    },
  });
}
const sometimes = (act: string): JsonObject => ({
  weighted: [
    ['nothing', 1],
    [act, 1],
  ],
});

async function qualityOf(run: StageRun): Promise<QualityFile> {
  return JSON.parse((await run.outputs['frames']?.readText('quality.json')) ?? '') as QualityFile;
}

async function idsOf(run: StageRun): Promise<string[]> {
  const text = (await run.outputs['frames']?.readText('frames.jsonl')) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id);
}

describe('frames that Blender does not survive', () => {
  it('cost themselves, after one more try, and are named with their seeds; all others are there', async () => {
    const run = await render(sometimes('crash'), { maxQuarantined: 7 });
    const { quarantined } = await qualityOf(run);
    expect(quarantined.length).toBeGreaterThan(1);
    expect(await idsOf(run)).toHaveLength(8 - quarantined.length);
    for (const { id, seed, reason } of quarantined) {
      expect(reason).toBe('Blender ended by SIGKILL while it made this frame, 2 times');
      expect(run.warnings.join('\n')).toContain(`${id} (seed ${seed})`);
    }
    expect(run.metrics['quarantined frames']).toBe(quarantined.length);
    expect(run.exhibits.map(({ title }) => title)).toContain('Quarantined frames');
  });

  it('but for one time are made by the second try', async () => {
    const run = await render(sometimes('crash-once'), { maxQuarantined: 0 });
    expect(run.warnings.join('\n')).toMatch(/tried once more in a fresh process/);
    expect(await idsOf(run)).toHaveLength(8);
    expect((await qualityOf(run)).quarantined).toEqual([]);
  });

  it('are no more than maxQuarantined, or the stage fails and says what to do', async () => {
    await expect(render(sometimes('crash'), { maxQuarantined: 1 })).rejects.toMatchObject({
      message: 'Blender crashed or hung twice on more frames than maxQuarantined allows (1).',
      hint: expect.stringContaining('raise maxQuarantined') as string,
    });
  });

  it('and that are all there is are no artifact', async () => {
    await expect(render('crash', { frames: 2, maxQuarantined: 2 })).rejects.toThrow('No frame is left');
  });

  it.each([
    ['hang', { frameTimeout: '1s' }, /at its timeout \(frameTimeout: 1s\)/],
    ['silent', { heartbeatTimeout: '1s' }, /without a sign of life \(heartbeatTimeout: 1s\)/],
  ])('count alike when it does not end by itself: %s', async (act, limits, reason) => {
    const run = await render(sometimes(act), { frames: 3, maxQuarantined: 2, ...limits });
    const { quarantined } = await qualityOf(run);
    expect(quarantined.length).toBeGreaterThan(0);
    for (const frame of quarantined) expect(frame.reason).toMatch(reason);
  });

  it('a slow frame that beats is waited for', async () => {
    const run = await render('slow', { frames: 1, heartbeatTimeout: '2s' });
    expect(await idsOf(run)).toHaveLength(1);
  });
});

describe('a process that has grown too large', () => {
  it('is replaced after its frame, and the run goes on', async () => {
    const run = await render(sometimes('grow'));
    expect(await idsOf(run)).toHaveLength(8);
    expect((await qualityOf(run)).quarantined).toEqual([]);
  });

  it('after every single frame is told: the limit is too low', async () => {
    const run = await render('grow', { frames: 3 });
    expect(run.warnings.join('\n')).toMatch(
      /A single frame takes 100000 MiB, more than memoryPerProcessMb \(6000\)/,
    );
  });
});

describe('a later run', () => {
  const file = (more: string): string => `version: 1
seed: 4
stages:
  frames:
    uses: render
    with:
      scene: ./scene.py
      blender: ${blender}
      frames: 8
      resolution: [16, 16]
      maxQuarantined: 7
      randomize: { act: { weighted: [[nothing, 1], [crash, 1]] } }
${more}`;

  it('takes the frames that are there, and leaves the quarantined ones alone until it is asked', async () => {
    const workspace = await Workspace.create(
      { 'scene.py': '# not real', 'pipeline.yaml': file('') },
      stageRegistry([renderStage]),
    );
    const first = await workspace.run();
    expect(first.stages).toEqual({ frames: 'succeeded' });
    const quality = JSON.parse(await workspace.read('out/frames/quality.json')) as QualityFile;
    const missing = quality.quarantined.length;
    expect(missing).toBeGreaterThan(1);
    expect(await workspace.list('out/frames')).toHaveLength(3 * (8 - missing) + 2);

    expect((await workspace.run()).stages).toEqual({ frames: 'reused' });

    await workspace.write('pipeline.yaml', file('      retryQuarantined: 1\n'));
    const asked = await workspace.run();
    expect(asked.stages).toEqual({ frames: 'succeeded' });
    expect(itemCounts(asked.events, 'frames')).toEqual({ made: missing, reused: 8 - missing });
  });
});

it('frames are warned of by check, and refused when the checks are strict', async () => {
  const thresholds = { black: 0, blownOut: 1, boxTolerancePx: 2, strayShare: 1, pink: 1, strict: true };
  const run = await render('nothing', { quality: { ...thresholds, strict: false } });
  expect(run.warnings.join('\n')).toMatch(/8 of 8 frames are black: 000000, /);
  expect((await qualityOf(run)).counts).toMatchObject({ black: 8, empty: 0, blownOut: 0 });
  await expect(render('nothing', { quality: thresholds })).rejects.toThrow(
    '8 of 8 frames do not pass the quality checks.',
  );
  expect(new QualityReport(thresholds).file.counts.black).toBe(0);
});

it('the frames.jsonl of a run names no frame whose files are missing', async () => {
  const run = await render(sometimes('raise'), { maxQuarantined: 0 });
  const failed = Object.keys(run.rejected);
  expect(failed.length).toBeGreaterThan(0);
  const ids = await idsOf(run);
  expect(ids).toHaveLength(8 - failed.length);
  for (const id of ids) expect(await run.outputs['frames']?.has(`${id}.png`)).toBe(true);
});
