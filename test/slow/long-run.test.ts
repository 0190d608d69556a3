import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import type { QualityFile } from '../../stages/render/quality/quality-report.js';
import { killBlenderAfterFrames } from '../support/blender-processes.js';
import { renderStage } from '../../stages/render/stage.js';
import { drawsOfFrames, faultyPipeline } from '../support/faulty-scene.js';
import { runStage } from '../support/stage-harness.js';

const frames = 500;
const crashing = 77;

it('500 frames with a Blender killed, the pipeline killed and a frame that crashes end complete but for that frame', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-500-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scenePath = join(productRoot(), 'test/fixtures/scenes/faulty.py');
  await cp(scenePath, join(folder, 'faulty.py'));
  const at = drawsOfFrames(frames)[crashing] ?? 0;
  await writeFile(join(folder, 'pipeline.yaml'), faultyPipeline(frames, at));

  const program = join(productRoot(), 'dist/stages/main.js');
  const first = execa(process.execPath, [program, 'run', folder, '--json'], {
    reject: false,
    stdin: 'ignore',
  });
  const ended = new AbortController();
  const noteEnd = (): void => ended.abort();
  first.then(noteEnd, noteEnd);
  expect(await killBlenderAfterFrames(folder, 60, ended.signal)).toBe(true);
  expect(await killBlenderAfterFrames(folder, 100, ended.signal)).toBe(true);
  await sleep(5000);
  first.kill('SIGKILL');
  await first;
  // The Blenders of a run that was killed end by themselves after the frame in hand.
  await sleep(3000);

  const second = await execa(process.execPath, [program, 'run', folder, '--json'], {
    reject: false,
    stdin: 'ignore',
  });
  expect(second.exitCode, `${second.stderr}\n${second.stdout.slice(-3000)}`).toBe(0);
  const quality = JSON.parse(await readFile(join(folder, 'out/frames/quality.json'), 'utf8')) as QualityFile;
  expect(quality.quarantined.map(({ id }) => id)).toEqual([String(crashing).padStart(6, '0')]);
  expect(quality.frames).toBe(frames - 1);
  const names = await readdir(join(folder, 'out/frames'));
  expect(names.filter((name) => name.endsWith('.mask.png'))).toHaveLength(frames - 1);
  // What the first run had finished was not made again.
  const reused = /"type":"stage-items"[^\n]*?"reused":(\d+)/.exec(second.stdout)?.[1];
  expect(Number(reused)).toBeGreaterThan(100);
});

it('a frame in which no heart beats is tried twice, then left out', async () => {
  const run = await runStage(renderStage, {
    seed: 6,
    baseDirectory: join(productRoot(), 'test/fixtures/scenes'),
    params: {
      scene: 'faulty.py',
      frames: 2,
      resolution: [32, 32],
      engine: { samples: 1, device: 'cpu' },
      cameraDraws: 1,
      randomize: {
        at: {
          weighted: [
            [2, 1],
            [-1, 1],
          ],
        },
        fault: 'hold',
      },
      maxQuarantined: 1,
      heartbeatTimeout: '12s',
    },
  });
  expect(run.metrics['frames']).toBe(1);
  expect(run.warnings.join('\n')).toContain(
    'frame 000000: Blender ended without a sign of life (heartbeatTimeout: 12s) while it made this frame, 2 times',
  );
});
