import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

/** Whatever tells the time or throws dice for the whole process. Results come of declared inputs and seeds alone. */
const banned =
  /\bDate\.now\b|\bnew Date\b|\bDate\(\)|\bperformance\.(?:now|timeOrigin)\b|\bprocess\.hrtime\b|\bMath\.random\b|\bcrypto\.(?:random\w+|getRandomValues)\b|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b|\btf\.(?:random\w+|truncatedNormal|multinomial)\b/g;

/** Where a clock or chance does not reach any result, and why. A line that is no longer needed fails the test. */
const allowed: Readonly<Record<string, readonly [what: string, why: string]>> = {
  'stages/cyclegan/train.ts': ['performance.now', 'how fast training is, for its progress'],
  'stages/detect/look-at.ts': ['performance.now', 'how fast the command is, for the person at the keyboard'],
  'stages/yolo/export/layers-model.ts': [
    'new Date',
    'a day that never changes, because a save handler must give one',
  ],
  'stages/yolo/export/runner/detect.ts': ['performance.now', 'how fast the exported program is'],
  'stages/yolo/train.ts': ['performance.now', 'how fast training is, for its progress'],
};

function uses(text: string): readonly string[] {
  const withoutComments = text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  return [...withoutComments.matchAll(banned)].map(([found]) => found);
}

it('no clock and no global randomness reaches planning or the results of stages', async () => {
  const paths = await fastGlob(['pipeline/{file,plan}/**/*.ts', 'stages/**/*.ts'], { cwd: repository });
  expect(paths.length).toBeGreaterThan(50);
  const found: string[] = [];
  const needed = new Set<string>();
  for (const path of paths.sort())
    for (const what of uses(await readFile(resolve(repository, path), 'utf8'))) {
      if (allowed[path]?.[0] === what) needed.add(path);
      else found.push(`${path}: ${what}`);
    }
  expect(found).toEqual([]);
  expect([...needed].sort()).toEqual(Object.keys(allowed).sort());
});

it.each([
  'Date.now()',
  'new Date()',
  'performance.now()',
  'Math.random()',
  'randomBytes(4)',
  'crypto.randomUUID()',
  'tf.randomNormal([2])',
])('the scan sees %s, except in comments', (text) => {
  expect(uses(`const x = ${text};`)).toHaveLength(1);
  expect(uses(`// ${text}\n/* ${text} */ const url = 'https://x';`)).toEqual([]);
});
