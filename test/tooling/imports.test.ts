import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const repository = resolve(import.meta.dirname, '../..');

/** The rules that a small tree of files breaks, as `rule: from → to`. */
async function violations(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await mkdtemp(join(tmpdir(), 'darkroom-imports-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const { stdout } = await execa(
      process.execPath,
      [
        join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', join(repository, '.config/dependency-cruiser.cjs'), '--output-type', 'json'],
        ...['pipeline', 'stages'],
      ],
      { cwd: root, reject: false },
    );
    const report = JSON.parse(stdout) as {
      summary: { violations: readonly { rule: { name: string }; from: string; to: string }[] };
    };
    return report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const leaf = 'export const value = 1;\n';
const imports = (...paths: string[]): string => paths.map((path) => `import '${path}';\n`).join('');

test('imports that follow the order of the rooms break no rule', async () => {
  const found = await violations({
    'pipeline/core/leaf.ts': leaf,
    'pipeline/stage/contract.ts': imports('../core/leaf.js'),
    'pipeline/store/records.ts': imports('../stage/contract.js'),
    'pipeline/run/job.ts': imports('../store/records.js', '../core/leaf.js'),
    'pipeline/cli/main.ts': imports('../run/job.js'),
    'stages/lib/shared.ts': imports('../../pipeline/core/leaf.js'),
    'stages/a/stage.ts': imports('../lib/shared.js', '../../pipeline/stage/contract.js'),
    'stages/main.ts': imports('../pipeline/cli/main.js', './a/stage.js'),
  });
  expect(found).toEqual([]);
});

test('each import against the order is named, types and dynamic imports too', async () => {
  const found = await violations({
    'pipeline/core/upwards.ts': `import type { Job } from '../run/job.js';\nexport type Upwards = Job;\n`,
    'pipeline/run/job.ts': `export interface Job { readonly id: string }\n`,
    'pipeline/cli/main.ts': `${imports('../core/upwards.js')}export const stage = () => import('../../stages/a/stage.js');\n`,
    'pipeline/report/page.ts': imports('../run/job.js'),
    'stages/a/stage.ts': imports('../b/stage.js', '../../pipeline/run/job.js', '../lib/shared.js'),
    'stages/b/stage.ts': leaf,
    'stages/b/only-tested.ts': imports('./stage.js'),
    'stages/lib/shared.ts': imports('../b/stage.js'),
    'stages/main.ts': imports('../pipeline/cli/main.js', '../pipeline/report/page.js'),
  });
  expect(found).toEqual([
    'engine-order-core: pipeline/core/upwards.ts → pipeline/run/job.ts',
    'engine-without-stages: pipeline/cli/main.ts → stages/a/stage.ts',
    'part-of-the-program: stages/b/only-tested.ts → stages/b/only-tested.ts',
    'program-plugs-in: stages/main.ts → pipeline/report/page.ts',
    'report-consumes-events: pipeline/report/page.ts → pipeline/run/job.ts',
    'stage-alone: stages/a/stage.ts → pipeline/run/job.ts',
    'stage-alone: stages/a/stage.ts → stages/b/stage.ts',
    'stage-lib-below-stages: stages/lib/shared.ts → stages/b/stage.ts',
  ]);
});

test('a circle, an orphan, a missing file and a heavy package at a stage door are named', async () => {
  const found = await violations({
    'package.json': '{ "dependencies": { "sharp": "1" } }',
    'node_modules/sharp/package.json': '{ "name": "sharp", "main": "index.js" }',
    'node_modules/sharp/index.js': 'module.exports = {};\n',
    'pipeline/core/one.ts': imports('./two.js'),
    'pipeline/core/two.ts': imports('./one.js'),
    'pipeline/core/alone.ts': leaf,
    'stages/a/stage.ts': `import 'sharp';\nimport './gone.js';\n${imports('../../pipeline/core/one.js')}`,
    'stages/b/stage.ts': `export const decode = () => import('sharp');\n`,
    'stages/main.ts': imports('./a/stage.js', './b/stage.js'),
  });
  expect(found.map((violation) => violation.replace(/ → .*/, ''))).toEqual([
    'found: stages/a/stage.ts',
    'no-circle: pipeline/core/one.ts',
    'no-orphan: pipeline/core/alone.ts',
    'part-of-the-program: pipeline/core/alone.ts',
    'stage-door-is-light: stages/a/stage.ts',
  ]);
});
