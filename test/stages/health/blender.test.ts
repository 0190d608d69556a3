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
  python: '3.11.2',
  engines: ['CYCLES', 'BLENDER_WORKBENCH'],
  cyclesDevices: [{ name: 'Some CPU', type: 'CPU' }],
  openImageDenoise: false,
  numpy: '1.24.2',
  viewerNodesInBackground: null,
};

function check(stdout: string, exitCode = 0): Promise<HealthReport> {
  return blenderCheck.run(fakeHealthHost({ [blender]: { stdout, exitCode } }, { BLENDER: blender }));
}
const printed = (change: object): string =>
  `Blender 3.4.1\nDARKROOM-PROBE ${JSON.stringify({ ...answer, ...change })}\n\nBlender quit`;

test('a Blender is told by version, path, devices and features', async () => {
  const report = await check(printed({}));
  expect(report.state).toBe('ok');
  expect(report.found).toBe(
    [
      `Blender 3.4.1 (build not named) at ${blender}`,
      'engines: CYCLES, BLENDER_WORKBENCH',
      'Cycles devices: Some CPU (CPU)',
      'OpenImageDenoise: no; numpy: 1.24.2; viewer nodes in the background: not known',
    ].join('\n'),
  );
  expect(report.detail).toMatchObject({ path: blender, version: [3, 4, 1] });
});

test('a Blender without numpy or without Cycles is a warning that says what to do', async () => {
  expect(await check(printed({ numpy: null }))).toMatchObject({
    state: 'warning',
    remedy: expect.stringContaining('python3-numpy') as string,
  });
  expect(await check(printed({ engines: ['BLENDER_WORKBENCH'] }))).toMatchObject({
    state: 'warning',
    remedy: expect.stringContaining('Cycles') as string,
  });
});

test('a program that is no Blender is an error with the last lines that it printed', async () => {
  await expect(check('one\ntwo', 127)).rejects.toMatchObject({
    message: `${blender} did not say what it can do (exit code 127).`,
    details: ['one', 'two'],
  });
});
