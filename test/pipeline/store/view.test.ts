import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { processIdentity } from '../../../pipeline/core/process-identity.js';
import { removeViewLeftovers } from '../../../pipeline/store/view.js';

it('what killed runs left of views goes, of stages and of their instances; what is being made stays', async () => {
  const out = await mkdtemp(join(tmpdir(), 'darkroom-view-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  // Nobody has this process id.
  const dead = `${hostname()
    .replace(/[^A-Za-z0-9-]/g, '_')
    .slice(0, 40)}~4194400~1`;
  for (const folder of [out, join(out, 'detector')])
    for (const name of [`.a.new.${dead}`, `.a.old.${dead}`, `.b.new.${processIdentity}`, 'seed=1'])
      await mkdir(join(folder, name, 'content'), { recursive: true });
  await removeViewLeftovers(out);
  const kept = [`.b.new.${processIdentity}`, 'seed=1'];
  expect((await readdir(out)).sort()).toEqual([kept[0], 'detector', kept[1]]);
  expect((await readdir(join(out, 'detector'))).sort()).toEqual(kept);
});
