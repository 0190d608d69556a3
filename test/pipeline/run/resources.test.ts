import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ShimPrograms } from '../../support/shim-programs.js';
import { Workspace } from '../../support/workspace.js';

const stage = (resources: string): string => `version: 1
stages:
  c:
    uses: command
    with: { each: 'in/*', run: [sh, -c, 'echo $CUDA_VISIBLE_DEVICES > {output}; sleep 0.2'], outputs: '{stem}' }
    resources: ${resources}
`;
const inputs = { 'in/a': 'a', 'in/b': 'b', 'in/c': 'c', 'in/d': 'd' };

async function workspaceWithGpus(resources: string): Promise<Workspace> {
  const workspace = await Workspace.create({ 'pipeline.yaml': stage(resources), ...inputs });
  const shims = new ShimPrograms(workspace.directory);
  await shims.add('nvidia-smi', "echo '0, GPU-aa'; echo '1, GPU-bb'; echo '2, GPU-cc'");
  vi.stubEnv('PATH', [shims.folder, process.env['PATH']].join(delimiter));
  return workspace;
}

async function seen(workspace: Workspace): Promise<string[]> {
  const texts = await Promise.all(['a', 'b', 'c', 'd'].map((name) => workspace.read(`out/c/${name}`)));
  return texts.map((text) => text.trim());
}

describe('what a stage asks of the machine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['{ cpu: 4096 }', `A job of c asks for 4096 CPUs, and there are ${availableParallelism()}.`],
    ['{ memoryMb: 999999999 }', 'A job of c asks for 999999999 MiB of memory, and there are '],
    ['{ gpu: 4 }', 'A job of c asks for 4 GPUs, and there are 3 for this run.'],
  ])('%s, more than there is, is an error at its place before anything runs', async (resources, message) => {
    const workspace = await workspaceWithGpus(resources);
    const { exitCode, error } = await workspace.command('run', '@pipeline.yaml');
    expect(error).toContain(`error: ${message}`);
    expect(error).toMatch(/pipeline\.yaml:6:5: /);
    expect(exitCode).toBe(2);
    await expect(workspace.list('out')).rejects.toThrow('ENOENT');
  });

  it('does not matter when its result is in the store', async () => {
    const workspace = await workspaceWithGpus('{ cpu: 1 }');
    await workspace.run();
    expect((await workspace.run('--set', 'stages.c.resources.cpu=4096')).stages).toEqual({ c: 'reused' });
  });

  it('gives each job a GPU of its own, of those that --gpus names', async () => {
    const workspace = await workspaceWithGpus('{ gpu: 1 }');
    expect((await workspace.run('--gpus', '2')).exitCode).toBe(0);
    expect(await seen(workspace)).toEqual(['2', '2', '2', '2']);
  });

  it('gives several GPUs to a job that asks for them', async () => {
    const workspace = await workspaceWithGpus('{ gpu: 2 }');
    await workspace.run();
    expect(await seen(workspace)).toEqual(['0,1', '0,1', '0,1', '0,1']);
  });

  it('lets no child see other GPUs than --gpus names, even one that asks for none', async () => {
    const workspace = await workspaceWithGpus('{ cpu: 1 }');
    await workspace.run('--gpus', '2,0');
    expect(new Set(await seen(workspace))).toEqual(new Set(['0,2']));
  });

  it('refuses --gpus that are no numbers or not there', async () => {
    const workspace = await workspaceWithGpus('{ gpu: 1 }');
    const words = await workspace.command('run', '@pipeline.yaml', '--gpus', 'all');
    expect(words.error).toContain('It takes numbers of GPUs with commas between them, as in 0,2.');
    expect(words.exitCode).toBe(2);
    const absent = await workspace.command('run', '@pipeline.yaml', '--gpus', '0,3');
    expect(absent.error).toContain('--gpus names 3, but there are 0, 1, 2.');
    expect(absent.exitCode).toBe(2);
  });
});
