import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../../pipeline/executors/process.js';
import type { Exec } from '../../pipeline/stage/context.js';
import { blenderCheck } from '../../stages/health/blender.js';
import { probeDrawing } from '../../stages/lib/blender/blender-probe.js';
import { findBlender } from '../../stages/lib/blender/find-blender.js';
import { withVirtualDisplay } from '../../stages/lib/blender/virtual-display.js';

const signal = new AbortController().signal;

const exec: Exec = (file, args, options = {}) =>
  runProcess(file, args, options, { signal, log: () => undefined });

const checkBlender = (
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof blenderCheck.run> => blenderCheck.run({ env, storeDirectory: '.', exec });

test('the Blender of this machine answers all questions', async () => {
  const report = await checkBlender(process.env);
  expect(report.state).toBe('ok');
  expect(report.detail).toMatchObject({
    engines: expect.arrayContaining(['CYCLES']) as string[],
    cyclesDevices: expect.arrayContaining([expect.objectContaining({ type: 'CPU' })]) as unknown[],
    cyclesDraws: true,
    openImageDenoise: expect.any(Boolean) as boolean,
    viewerNodesInBackground: expect.any(Boolean) as boolean,
    eevee: { way: expect.any(String) as string },
    workbench: { way: expect.any(String) as string },
  });
});

const xvfb = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'Xvfb')));
test.skipIf(!xvfb)('an engine draws under an Xvfb that is gone afterwards (needs Xvfb)', async () => {
  const host = { env: process.env, exec };
  const blender = await findBlender({ env: process.env });
  let used = '';
  const drawn = await withVirtualDisplay('workbench', host, (display) => {
    used = display;
    return probeDrawing(blender, 'workbench', display, host);
  });
  expect(drawn.draws).toBe(true);
  expect(used).toMatch(/^:\d+$/);
  expect(existsSync(`/tmp/.X11-unix/X${used.slice(1)}`)).toBe(false);
});

test('without Xvfb, an engine that needs a display is refused with what to install', async () => {
  await expect(
    withVirtualDisplay('eevee', { env: { PATH: '/nowhere' }, exec }, () => Promise.resolve()),
  ).rejects.toMatchObject({
    message: expect.stringContaining('The engine eevee needs a display') as string,
    hint: expect.stringContaining('apt-get install xvfb') as string,
  });
});
