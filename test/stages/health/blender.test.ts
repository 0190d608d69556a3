import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HealthReport } from '../../../pipeline/stage/health-check.js';
import { blenderCheck } from '../../../stages/health/blender.js';
import { fakeHealthHost } from '../../support/fake-health-host.js';
import { ShimPrograms } from '../../support/shim-programs.js';

let root: string;
let blender: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-health-'));
  blender = await new ShimPrograms(root).add('blender');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const answer = {
  version: [3, 4, 1],
  buildHash: 'Unknown',
  binaryDigest: 'ab',
  python: '3.11.2',
  engines: ['CYCLES', 'BLENDER_WORKBENCH', 'BLENDER_EEVEE'],
  cyclesDevices: [{ name: 'Some CPU', type: 'CPU' }],
  cyclesDraws: true,
  openImageDenoise: false,
  numpy: '1.24.2',
  viewerNodesInBackground: null,
};
const drawn = { draws: true, renderer: 'llvmpipe' };

/** @param drawing what Blender answers when an engine is to draw; it crashes when there is nothing */
function check(
  change: object,
  drawing: Readonly<Record<string, object>> = { workbench: drawn, eevee: drawn },
): Promise<HealthReport> {
  const programs = {
    [blender]: (args: readonly string[]) => {
      const engine = args.at(-1) ?? '';
      const asked = engine === '--' ? { ...answer, ...change } : drawing[engine];
      if (asked === undefined) return { stdout: 'Segmentation fault', exitCode: 139 };
      return { stdout: `Blender 3.4.1\nDARKROOM-PROBE ${JSON.stringify(asked)}\n\nBlender quit` };
    },
  };
  return blenderCheck.run(fakeHealthHost(programs, { BLENDER: blender }));
}

test('a Blender is told by version, path, devices, displays and features', async () => {
  const report = await check({});
  expect(report.state).toBe('ok');
  expect(report.found).toBe(
    [
      `Blender 3.4.1 (build not named) at ${blender}`,
      'engines: CYCLES, BLENDER_WORKBENCH, BLENDER_EEVEE',
      'Cycles: renders on the CPU; devices: Some CPU (CPU); no GPU',
      'Eevee: without a display (llvmpipe); Workbench: without a display (llvmpipe)',
      'OpenImageDenoise: no; numpy: 1.24.2; viewer nodes in the background: not known',
    ].join('\n'),
  );
  expect(report.detail).toMatchObject({ path: blender, version: [3, 4, 1], eevee: { way: 'none' } });
});

test('a Blender without numpy or without Cycles is a warning that says what to do', async () => {
  expect(await check({ numpy: null })).toMatchObject({
    state: 'warning',
    remedy: expect.stringContaining('python3-numpy') as string,
  });
  expect(await check({ engines: ['BLENDER_WORKBENCH'] })).toMatchObject({
    state: 'warning',
    remedy: expect.stringContaining('Cycles') as string,
  });
});

test('an engine that draws nowhere is a warning: only who wants it needs Xvfb', async () => {
  const report = await check({}, { workbench: drawn });
  expect(report).toMatchObject({
    state: 'warning',
    found: expect.stringMatching(
      /Eevee: no \(The engine eevee needs a display.*Xvfb did not start/,
    ) as string,
    remedy: expect.stringMatching(/Only the engine eevee would need it: .*xvfb/) as string,
  });
});

test('a program that is no Blender is an error with the last lines that it printed', async () => {
  const host = fakeHealthHost({ [blender]: { stdout: 'one\ntwo', exitCode: 127 } }, { BLENDER: blender });
  await expect(blenderCheck.run(host)).rejects.toMatchObject({
    message: `${blender} did not say what it can do (exit code 127).`,
    details: ['one', 'two'],
  });
});
