import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';

const dist = join(productRoot(), 'dist');
const stage = `import { defineStage, UserError } from 'darkroom';
import { z } from 'zod';
export default defineStage({
  kind: 'note',
  summary: 'Writes a line.',
  revision: 1,
  params: z.strictObject({ text: z.string().describe('The line') }),
  inputs: {},
  outputs: { files: { type: 'files', description: 'The line' } },
  seeded: () => false,
  run: async (context) => {
    if (context.params.text === 'bad') throw new UserError('The line is bad.', { hint: 'Write a good one.' });
    await context.output('files').write('line.txt', context.params.text);
  },
});
`;
const pipeline = (text: string): string => `import { definePipeline } from 'darkroom';
import { z } from 'zod';
const text = ${text};
export default definePipeline({ version: 1, name: 'noted', stages: { note: { uses: './note.ts', with: { text } } } });
`;

describe('the program as it is built', () => {
  let folder: string;
  beforeAll(async () => {
    if (!existsSync(join(dist, 'chunks'))) throw new Error('There is no build: npm run build');
    folder = await mkdtemp(join(tmpdir(), 'darkroom-bundle-'));
    await writeFile(join(folder, 'note.ts'), stage);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(text: string): Promise<{ readonly code: number; readonly printed: string }> {
    await writeFile(join(folder, 'pipeline.ts'), pipeline(text));
    const args = [join(dist, 'stages/main.js'), 'run'];
    return promisify(execFile)(process.execPath, args, { cwd: folder }).then(
      ({ stdout, stderr }) => ({ code: 0, printed: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        printed: error.stdout + error.stderr,
      }),
    );
  }

  it('runs a stage of the user by its path, with the zod that the file imports', async () => {
    const { code, printed } = await run(`z.string().parse('good')`);
    expect(printed).toContain('succeeded');
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'out/note/line.txt'), 'utf8')).toBe('good');
  });

  it("knows a UserError of a user's stage as its own", async () => {
    const { code, printed } = await run(`'bad'`);
    expect(code).toBe(1);
    expect(printed).toContain('The line is bad.');
    expect(printed).toContain('Write a good one.');
    expect(printed).not.toContain('.js:');
  });

  it('says where in a file of the user a package threw', async () => {
    const { code, printed } = await run(`z.string().parse(3)`);
    expect(code).toBe(2);
    expect(printed).toContain('pipeline.ts:3:');
    expect(printed).not.toContain('chunks');
  });

  it("checks a user's parameters with the words of the built-in kinds", async () => {
    const { code, printed } = await run(`3 as never`);
    expect(code).toBe(2);
    expect(printed).toContain('expected string, received number');
  });

  it('finds workers, packages and templates where the compiled modules lie', async () => {
    const places: string[] = [];
    for (const name of await readdir(dist, { recursive: true })) {
      if (!/^(chunks|stages)\/[^/]+\.js$/.test(name)) continue;
      const text = await readFile(join(dist, name), 'utf8');
      for (const [, place = ''] of text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g))
        places.push(resolve(dirname(join(dist, name)), place));
    }
    expect(places).toContain(join(dist, 'stages/yolo/worker-pool.js'));
    expect(places.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('keeps its names and places in what a stack shows, by source maps', async () => {
    const names = await readdir(join(dist, 'chunks'));
    const code = names.filter((name) => name.endsWith('.js'));
    expect(code.filter((name) => !names.includes(`${name}.map`))).toEqual([]);
    const main = JSON.parse(await readFile(join(dist, 'stages/main.js.map'), 'utf8')) as {
      sources: string[];
    };
    expect(main.sources).toContain('../../stages/main.ts');
  });
});
