import { expect, test } from 'vitest';
import type { HealthReport } from '../../../pipeline/stage/health-check.js';
import { tensorBackendsCheck } from '../../../stages/health/tensor-backends.js';
import { fakeHealthHost, type FakePrograms } from '../../support/fake-health-host.js';

function check(
  devices: Readonly<Record<string, string>>,
  programs: FakePrograms = {},
): Promise<HealthReport> {
  const start = async (name: string): Promise<{ device: string }> => {
    const device = devices[name];
    if (device === undefined) throw new Error(`no ${name}\nwith more lines`);
    return { device };
  };
  return tensorBackendsCheck(async () => start).run(fakeHealthHost(programs));
}

test('every backend is told by its device, or by why it does not start', async () => {
  const report = await check({ wasm: 'one thread', cpu: 'plain JavaScript' });
  expect(report.found).toBe(
    'tensorflow: not here (no tensorflow)\nwebgpu: not here (no webgpu)\nwasm: one thread\ncpu: plain JavaScript\nNVIDIA GPUs: none found',
  );
});

test('no GPU is a warning, a GPU in use is not', async () => {
  expect((await check({ wasm: 'one thread' })).state).toBe('warning');
  expect((await check({ tensorflow: 'CUDA GPU', wasm: 'one thread' })).state).toBe('ok');
  expect((await check({ webgpu: 'WebGPU, a card', wasm: 'one thread' })).state).toBe('ok');
  const software = { webgpu: 'WebGPU, SwiftShader (in software: slow)', wasm: 'one thread' };
  expect((await check(software)).state).toBe('warning');
});

test('a GPU that TensorFlow does not use is named, with what to install', async () => {
  const report = await check({ wasm: 'one thread' }, { 'nvidia-smi': { stdout: 'NVIDIA A100\n' } });
  expect(report.found).toContain('NVIDIA GPUs: NVIDIA A100');
  expect(report.remedy).toContain('npm install @tensorflow/tfjs-node-gpu');
});

test('no backend at all is missing', async () => {
  expect(await check({})).toMatchObject({
    state: 'missing',
    remedy: expect.stringContaining('npm ci') as string,
  });
});
