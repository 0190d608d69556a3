import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identityText, processIdentity, thisProcess } from '../../../../pipeline/core/process-identity.js';
import { removeViewLeftovers } from '../../../../pipeline/store/view/leftovers.js';

it('what killed runs left of views goes, of stages and of their instances; what is being made stays', async () => {
  const out = await mkdtemp(join(tmpdir(), 'darkroom-view-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  // Nobody has this process id.
  const dead = identityText({ ...thisProcess, pid: 4194400 });
  for (const folder of [out, join(out, 'detector')])
    for (const name of [`.a.new.${dead}`, `.a.old.${dead}`, `.b.new.${processIdentity}`, 'seed=1'])
      await mkdir(join(folder, name, 'content'), { recursive: true });
  await removeViewLeftovers(out);
  const kept = [`.b.new.${processIdentity}`, 'seed=1'];
  expect((await readdir(out)).sort()).toEqual([kept[0], 'detector', kept[1]]);
  expect((await readdir(join(out, 'detector'))).sort()).toEqual(kept);
});
