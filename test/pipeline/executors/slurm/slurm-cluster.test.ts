import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Submission } from '../../../../pipeline/executors/farm/cluster.js';
import { SlurmCluster } from '../../../../pipeline/executors/slurm/slurm-cluster.js';
import { ShimPrograms } from '../../../support/shim-programs.js';

/** A Slurm of shell scripts on the PATH. @param scripts program → script */
async function shimmed(
  scripts: Readonly<Record<string, string>>,
): Promise<{ readonly slurm: SlurmCluster; readonly shims: ShimPrograms }> {
  const root = await mkdtemp(join(tmpdir(), 'darkroom-slurm-shims-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const shims = new ShimPrograms(root);
  for (const [name, script] of Object.entries(scripts)) await shims.add(name, script);
  return { slurm: new SlurmCluster({ PATH: `${shims.folder}:${process.env['PATH'] ?? ''}` }), shims };
}

const submission: Submission = {
  nonce: 'darkroom-abc',
  directory: '/a store/abc',
  indices: [0, 1, 2, 5],
  needs: {
    resources: { cpu: 2, gpu: 1 },
    memoryMb: 4096,
    minutes: 30,
    excludedNodes: ['n3', 'n7'],
    options: { partition: 'gpu', account: 'us', qos: 'low', constraint: 'a100', extra: ['--comment=x'] },
    resumes: false,
  },
};
const asked = [{ nonce: 'darkroom-abc', directory: '/a store/abc', indices: [0, 1, 2, 3, 4, 5, 6, 7] }];

describe('Slurm', () => {
  it('gets a sparse array with all that the stage says', async () => {
    const { slurm, shims } = await shimmed({ sbatch: 'echo 7' });
    await slurm.submit(submission);
    const [call = ''] = await shims.calls();
    for (const word of [
      '--job-name=darkroom-abc',
      '--array=0-2,5',
      '--chdir=/a store/abc',
      '--cpus-per-task=2',
      '--mem=4096M',
      '--time=30',
      '--gres=gpu:1',
      '--partition=gpu',
      '--account=us',
      '--qos=low',
      '--constraint=a100',
      '--exclude=n3,n7',
      '--no-requeue',
      '--comment=x',
    ])
      expect(call).toContain(word);
  });

  it('is told to warn and to requeue what goes on from a checkpoint', async () => {
    const { slurm, shims } = await shimmed({ sbatch: 'echo 7' });
    await slurm.submit({ ...submission, needs: { ...submission.needs, resumes: true } });
    expect((await shims.calls())[0]).toMatch(/--requeue --signal=B:USR2@60/);
  });

  it.each([
    ['refused', 'sbatch: error: invalid partition specified: nope'],
    ['unreachable', 'sbatch: error: Unable to contact slurm controller (connect failure)'],
    ['full', 'sbatch: error: AssocMaxSubmitJobLimit'],
  ])('that does not take tasks says whether they are %s', async (kind, message) => {
    const { slurm } = await shimmed({ sbatch: `echo '${message}' >&2; exit 1` });
    await expect(slurm.submit(submission)).rejects.toMatchObject({ kind, message });
  });

  it('is asked once for all tasks, and what it says is over is no success', async () => {
    const lines = ['1_0|PENDING|', '1_1|RUNNING|n1', '1_2|COMPLETED|n1', '1_3|OUT_OF_MEMORY|n2', '1_4|NODE_FAIL|n2', '1_5|SOMETHING_NEW|', '1_6|PENDING||Priority', '1_7|PENDING||Nodes required for job are DOWN']; // prettier-ignore
    const { slurm, shims } = await shimmed({
      squeue: lines.map((line) => `echo 'darkroom-abc|${line}'`).join('\n'),
    });
    const tasks = (await slurm.look(asked)).get('darkroom-abc');
    expect([...(tasks?.values() ?? [])]).toEqual([
      { state: 'waiting' },
      { state: 'running', node: 'n1' },
      { state: 'over', reason: 'ended', node: 'n1' },
      { state: 'over', reason: 'out-of-memory', node: 'n2' },
      { state: 'over', reason: 'node-failed', node: 'n2' },
      { state: 'running' },
      { state: 'waiting' },
      { state: 'waiting', heldBy: 'Nodes required for job are DOWN' },
    ]);
    expect(await shims.calls()).toHaveLength(1);
  });

  it('that cannot be asked has said nothing', async () => {
    const { slurm } = await shimmed({ squeue: 'echo "slurm_load_jobs error" >&2; exit 1' });
    await expect(slurm.look(asked)).rejects.toThrow('slurm_load_jobs error');
  });

  it('ends only tasks that live, by the ids that they have now', async () => {
    const { slurm, shims } = await shimmed({
      squeue: "echo 'darkroom-abc|9_0|RUNNING|n1'\necho 'darkroom-abc|9_1|COMPLETED|n1'",
      scancel: '',
    });
    await slurm.cancel([0, 1, 2].map((index) => ({ nonce: 'darkroom-abc', index })));
    expect((await shims.calls()).at(-1)).toBe('scancel 9_0');
  });

  it('says how large an array may be; the largest index is one less', async () => {
    const { slurm } = await shimmed({ scontrol: "echo 'MaxArraySize            = 101'" });
    expect(await slurm.limits()).toEqual({ tasksPerSubmission: 100, largestIndex: 100, tasksAtOnce: 1000 });
  });
});
