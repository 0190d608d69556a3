import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usableGpus } from '../../../pipeline/executors/gpus.js';
import { runProcess } from '../../../pipeline/executors/process.js';
import type { Exec } from '../../../pipeline/stage/context.js';
import { ShimPrograms } from '../../support/shim-programs.js';

const world = { signal: new AbortController().signal, log: () => undefined };
const exec: Exec = (file, args, options = {}) => runProcess(file, args, options, world);

describe('the GPUs that a run may use', () => {
  let root: string;
  let shims: ShimPrograms;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-gpus-'));
    shims = new ShimPrograms(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const usable = (wanted?: readonly number[], visible?: string): Promise<readonly number[]> =>
    usableGpus(
      exec,
      { PATH: shims.folder, ...(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }) },
      wanted,
    );
  const threeGpus = (): Promise<unknown> =>
    shims.add('nvidia-smi', "echo '0, GPU-aa'; echo '1, GPU-bb'; echo '2, GPU-cc'");

  it('are those that nvidia-smi lists', async () => {
    await threeGpus();
    expect(await usable()).toEqual([0, 1, 2]);
    expect(await shims.calls()).toEqual(['nvidia-smi --query-gpu=index,uuid --format=csv,noheader']);
  });

  it('are fewer when --gpus says so', async () => {
    await threeGpus();
    expect(await usable([0, 2])).toEqual([0, 2]);
  });

  it('are only those that CUDA_VISIBLE_DEVICES leaves to this process, by number or UUID', async () => {
    await threeGpus();
    expect(await usable(undefined, '2,0')).toEqual([2, 0]);
    expect(await usable(undefined, 'GPU-bb')).toEqual([1]);
    expect(await usable(undefined, '0,-1,2')).toEqual([0]);
    expect(await usable(undefined, '')).toEqual([]);
    await expect(usable([1], '2')).rejects.toThrow(
      '--gpus names 1, but of 3 GPUs CUDA_VISIBLE_DEVICES leaves 2.',
    );
  });

  it('are none without nvidia-smi, or where it fails', async () => {
    expect(await usable()).toEqual([]);
    await shims.add('nvidia-smi', 'echo no driver; exit 9');
    expect(await usable()).toEqual([]);
  });

  it('must be there when --gpus names them', async () => {
    await expect(usable([0])).rejects.toThrow('--gpus names 0, but nvidia-smi finds no GPU here.');
    await threeGpus();
    await expect(usable([2, 7])).rejects.toThrow('--gpus names 7, but there are 0, 1, 2.');
  });
});
