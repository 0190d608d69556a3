import { expect, test } from 'vitest';
import { runDoctor } from '../../../pipeline/cli/doctor.js';
import { diskSpaceCheck } from '../../../pipeline/cli/health/disk-space.js';
import { nodeVersionCheck } from '../../../pipeline/cli/health/node-version.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { HealthCheck, HealthReport } from '../../../pipeline/stage/health-check.js';
import { fakeHealthHost } from '../../support/fake-health-host.js';

const host = fakeHealthHost({});

async function doctor(json: boolean, ...checks: HealthCheck[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runDoctor(checks, host, { json, write: (line) => void lines.push(line) });
  return { code, lines };
}

const check = (name: string, run: () => HealthReport): HealthCheck => ({ name, run: async () => run() });
const warning = check('ffmpeg', () => ({ state: 'warning', found: 'none', remedy: 'get it' }));

test('a warning is shown with its remedy and is no failure', async () => {
  const { code, lines } = await doctor(false, warning);
  expect(code).toBe(0);
  expect(lines.join('\n')).toMatch(/^ffmpeg {2}.*warning.* {2}none\n +→ get it$/m);
});

test('something required that is missing fails and is named at the end', async () => {
  const missing = check('Blender', () => ({ state: 'missing', found: 'none' }));
  const { code, lines } = await doctor(false, missing, warning);
  expect(code).toBe(1);
  expect(lines.at(-1)).toContain('Missing, and required: Blender.');
});

test('a check that throws is missing, with the message, details and hint of its error', async () => {
  const throws = check('Blender', () => {
    throw new UserError('It does not start.', { details: ['libfoo.so not found'], hint: 'Install libfoo.' });
  });
  const crashes = check('tensors', () => {
    throw new TypeError('undefined is not a function');
  });
  const { code, lines } = await doctor(true, throws, crashes);
  expect(code).toBe(1);
  const reports = JSON.parse(lines.join('\n')) as unknown[];
  expect(reports.slice(2)).toEqual([
    {
      name: 'Blender',
      state: 'missing',
      found: 'It does not start.\nlibfoo.so not found',
      remedy: 'Install libfoo.',
    },
    { name: 'tensors', state: 'missing', found: 'not known: TypeError: undefined is not a function' },
  ]);
});

test('machines get one array, with the engine’s own checks first', async () => {
  const { lines } = await doctor(true, warning);
  const reports = JSON.parse(lines.join('\n')) as { name: string; state: string }[];
  expect(reports.map((report) => report.name)).toEqual(['Node', 'disk', 'ffmpeg']);
});

test('a Node that is too old is missing', async () => {
  expect(await nodeVersionCheck('18.20.4').run(host)).toMatchObject({ state: 'missing' });
  expect(await nodeVersionCheck('20.18.3').run(host)).toMatchObject({ state: 'missing' });
  expect(await nodeVersionCheck('20.19.0').run(host)).toMatchObject({ state: 'ok' });
  expect(await nodeVersionCheck('24.1.0').run(host)).toMatchObject({ state: 'ok' });
});

test('the disk of a store that is not there yet is that of the folder above', async () => {
  const report = await diskSpaceCheck.run(host);
  expect(report.found).toMatch(/^\d+\.\d GiB free for \/nowhere\/\.pipeline$/);
  expect(report.detail).toMatchObject({ path: '/' });
});
