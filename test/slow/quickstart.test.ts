import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';

const left = ['.pipeline', 'out', '__pycache__'];

it('the quickstart as it is learns to find people: AP50 on held-out frames is above .5', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-quickstart-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(productRoot(), 'templates/quickstart'), folder, {
    recursive: true,
    filter: (path) => !left.some((name) => path.endsWith(`/${name}`)),
  });
  const program = join(productRoot(), 'dist/stages/main.js');
  await execa(process.execPath, [program, 'run', folder], { stdout: 'inherit', stderr: 'inherit' });
  for (const score of ['score', 'score-in-ward']) {
    const text = await readFile(join(folder, 'out', score, 'scores.json'), 'utf8');
    const { stats } = JSON.parse(text) as { stats: { AP50: number } };
    expect(stats.AP50, score).toBeGreaterThan(0.5);
  }
});
