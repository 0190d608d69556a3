import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { armFault } from '../../../pipeline/core/crash-point.js';
import { Store } from '../../../pipeline/store/store.js';
import { verifyStore } from '../../../pipeline/store/verify.js';
import { Workspace } from '../../support/workspace.js';

const files = {
  'pipeline.yaml': `version: 1
stages:
  copy: { uses: command, with: { each: 'in/*', run: [cp, '{input}', '{output}'], outputs: '{stem}.out' } }
`,
  'in/a': 'first',
  'in/b': 'second',
};
const quiet = new AbortController().signal;

/** Whether a small disk can be made here: only root may mount. */
function canMount(): boolean {
  const folder = join(tmpdir(), `darkroom-mount-${process.pid}`);
  try {
    execFileSync(
      'sh',
      ['-c', `mkdir ${folder} && mount -t tmpfs -o size=64k tmpfs ${folder} && umount ${folder}`],
      {
        stdio: 'ignore',
      },
    );
    return true;
  } catch {
    return false;
  } finally {
    execFileSync('rm', ['-rf', folder]);
  }
}

describe('a disk that fails while the store is written', () => {
  afterEach(() => armFault(undefined));

  it.each([
    ['blob-before-sync:ENOSPC', /blobs\/\w\w\/\w+ cannot be written: there is no space left on the disk/],
    ['blob-before-rename:EIO', /blobs\/\w\w\/\w+ cannot be written: the disk failed \(EIO\)/],
    ['item-list-before-write:ENOSPC', /items\/\w\w\/\w+\.txt cannot be written: there is no space left/],
    [
      'item-record-before-write:EDQUOT',
      /actions\/.*\.json cannot be written: the quota of the disk is used up/,
    ],
    ['item-record-before-sync:EIO@2', /actions\/.*\.json cannot be written: the disk failed/],
    ['stage-record-before-rename:ENOSPC', /actions\/.*\.json cannot be written: there is no space left/],
    ['pointer-before-sync:EROFS', /latest\/.*copy\.json cannot be written: the disk is read-only/],
    ['view-between-renames:ENOSPC', /out\/copy cannot be written: there is no space left/],
  ])('%s fails the stage with the path and a hint, and the next run goes on', async (fault, message) => {
    const workspace = await Workspace.create(files);
    armFault(fault);
    const failed = await workspace.run();
    expect(failed.exitCode).toBe(1);
    const event = failed.events.find(({ type }) => type === 'stage-failed');
    expect(event).toMatchObject({ message: expect.stringMatching(message) as unknown });
    expect(event).toHaveProperty('hint', expect.stringMatching(/run again: what is finished is kept/));
    await expect(workspace.list('out/copy')).rejects.toThrow('ENOENT');
    const store = new Store(workspace.path('.pipeline'));
    expect(await verifyStore(store, quiet)).toMatchObject({ corrupt: [], damaged: [] });

    armFault(undefined);
    expect((await workspace.run()).exitCode).toBe(0);
    expect(await workspace.list('out/copy')).toEqual(['a.out', 'b.out']);
    expect(await verifyStore(store, quiet)).toMatchObject({ corrupt: [], damaged: [] });
    expect(await readdir(workspace.path('.pipeline/work/incoming'))).toEqual([]);
  });

  it.each(['file-memory-before-sync:ENOSPC', 'file-before-write:EIO'])(
    '%s leaves the results alone, and says what could not be written about them',
    async (fault) => {
      const workspace = await Workspace.create(files);
      execFileSync('touch', ['-d', '2020-01-01', workspace.path('in/a'), workspace.path('in/b')]);
      armFault(fault);
      const { exitCode, stages, error } = await workspace.run();
      expect(stages).toEqual({ copy: 'succeeded' });
      expect(error).toMatch(/(file-memory\.json|report\.html|history\/.+\.json) cannot be written/);
      expect(exitCode).toBe(1);
      expect((await workspace.run()).stages).toEqual({ copy: 'reused' });
    },
  );

  const mountable = canMount();
  it.skipIf(!mountable)(
    `a disk that is really full fails the stage, and the store is sound${mountable ? '' : ' (skipped: no right to mount one)'}`,
    async () => {
      const disk = await mkdtemp(join(tmpdir(), 'darkroom-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]);
      onTestFinished(async () => {
        execFileSync('umount', [disk]);
        await rm(disk, { recursive: true });
      });
      const workspace = await Workspace.create({
        'pipeline.yaml': files['pipeline.yaml'],
        ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`in/${n}`, String(n).repeat(100_000)])),
      });
      const store = join(disk, 'store');
      await mkdir(store);
      const failed = await workspace.run('--store', store);
      expect(failed.exitCode).toBe(1);
      expect(failed.stages).toEqual({ copy: 'failed' });
      expect(JSON.stringify(failed.events)).toMatch(/space/i);
      expect(await verifyStore(new Store(store), quiet)).toMatchObject({ corrupt: [], damaged: [] });

      execFileSync('mount', ['-o', 'remount,size=8m', disk]);
      expect((await workspace.run('--store', store)).exitCode).toBe(0);
      expect(await workspace.list('out/copy')).toHaveLength(8);
      expect(await verifyStore(new Store(store), quiet)).toMatchObject({ corrupt: [], damaged: [] });
    },
  );
});
