import { expect, test } from 'vitest';
import { runProcess } from '../../pipeline/executors/process.js';
import { blenderCheck } from '../../stages/health/blender.js';

const signal = new AbortController().signal;

const checkBlender = (
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof blenderCheck.run> =>
  blenderCheck.run({
    env,
    storeDirectory: '.',
    exec: (file, args, options = {}) => runProcess(file, args, options, { signal, log: () => undefined }),
  });

test('the Blender of this machine answers all questions', async () => {
  const report = await checkBlender(process.env);
  expect(report.state).toBe('ok');
  expect(report.detail).toMatchObject({
    engines: expect.arrayContaining(['CYCLES']) as string[],
    cyclesDevices: expect.arrayContaining([expect.objectContaining({ type: 'CPU' })]) as unknown[],
    openImageDenoise: expect.any(Boolean) as boolean,
  });
});

const custom = process.env['BLENDER_CUSTOM'];
test.skipIf(custom === undefined)(
  'the custom build runs viewer nodes in the background (needs $BLENDER_CUSTOM)',
  async () => {
    const report = await checkBlender({ ...process.env, BLENDER: custom });
    expect(report.detail).toMatchObject({ viewerNodesInBackground: true });
  },
);
