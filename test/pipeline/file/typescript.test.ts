import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry(tinyStages);
const pipeline = (stages: string, head = ''): string =>
  `import { definePipeline } from 'darkroom';\n${head}\nexport default definePipeline({ version: 1, stages: ${stages} } as never);\n`;

describe('a pipeline file in TypeScript', () => {
  it('runs as the same file in YAML would, and shares its results', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml': 'version: 1\nstages:\n  n: { uses: number, with: { value: 7 } }\n',
        'pipeline.ts': pipeline(
          '{ n: { uses: "number", with: { value: seven } }, half: { uses: "halves", in: { of: "n" } } }',
          "import { seven } from './numbers.js';",
        ),
        'numbers.ts': 'export const seven: number = 7;\n',
      },
      registry,
    );
    expect((await workspace.run()).stages).toEqual({ n: 'succeeded' });
    const { exitCode, out } = await workspace.command(
      'run',
      '@pipeline.ts',
      '--set',
      'stages.n.with.mode=double',
    );
    expect([exitCode, await workspace.read('out/half/low/n')]).toEqual([0, '7']);
    expect(out).toContain('+ half');
    const plain = await workspace.command('plan', '@pipeline.ts');
    expect(plain.out).toMatch(/= *n +number +in the store/);
  });

  it('is found in a folder that has no pipeline.yaml', async () => {
    const workspace = await Workspace.create(
      { 'sub/pipeline.ts': pipeline('{ n: { uses: "number", with: { value: 7 } } }') },
      registry,
    );
    expect((await workspace.command('plan', '@sub')).exitCode).toBe(0);
  });

  it('is read anew each time', async () => {
    const text = (value: number): string => pipeline(`{ n: { uses: "number", with: { value: ${value} } } }`);
    const workspace = await Workspace.create({ 'pipeline.ts': text(1) }, registry);
    await workspace.command('run', '@pipeline.ts');
    await workspace.write('pipeline.ts', text(2));
    await workspace.command('run', '@pipeline.ts');
    expect(await workspace.read('out/n/n')).toBe('2');
  });

  it.each<[string, string, string]>([
    [
      'a wrong parameter',
      pipeline('{ n: { uses: "number", with: { value: "x" } } }'),
      'pipeline.ts: stages.n.with.value: error: stages.n.with.value: expected number, received string',
    ],
    [
      'an input that is not there',
      pipeline('{ h: { uses: "halves", in: { of: "n" } } }'),
      'pipeline.ts: stages.h.in.of: error: There is no n to take of from.',
    ],
    [
      'a value that is no data',
      pipeline('{ n: { uses: "number", with: { value: () => 1 } } }'),
      'pipeline.ts: stages.n.with.value: error: This is a function;',
    ],
    [
      'an object that contains itself',
      'const loop: Record<string, unknown> = { version: 1 };\nloop.stages = loop;\nexport default loop;\n',
      'pipeline.ts: stages: error: This is an object that contains itself;',
    ],
    [
      'an exception, with its line',
      "const x = 1;\n\nthrow new Error('no luck');\n",
      /pipeline\.ts:3:7: error: .*pipeline\.ts cannot be loaded: no luck\n 3 \| throw new Error/,
    ] as never,
    ['text that is no TypeScript', 'export default {{ ;\n', 'pipeline.ts:1:16: error: '],
    [
      'a missing default export',
      'export const pipeline = {};\n',
      'It exports pipeline; write export default.',
    ],
  ])('points at %s', async (_what, text, message) => {
    const workspace = await Workspace.create({ 'pipeline.ts': text }, registry);
    const { exitCode, error } = await workspace.command('plan', '@pipeline.ts');
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

const stage = (body: string, more = ''): string => `import { defineStage } from 'darkroom';
import { z } from 'zod';
${more}
export default defineStage({
  kind: 'square',
  summary: 'Squares a number.',
  revision: 1,
  params: z.strictObject({ plus: z.number().default(0).describe('What is added.') }),
  inputs: { of: { type: 'number', description: 'What to square' } },
  outputs: { number: { type: 'number', description: 'The square' } },
  seeded: () => false,
  run: async ({ input, output, params }) => {
    const value: number = Number(await input('of').readText('n'));
    await output('number').write('n', String(${body} + params.plus));
  },
});
`;
const uses = (path: string): string => `version: 1
stages:
  n: { uses: number, with: { value: 3 } }
  squared: { uses: ${path}, in: { of: n }, with: { plus: 1 } }
`;

describe('a stage by its path', () => {
  it('runs, and again only when its source or what it imports changes', async () => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml': uses('./stages/square.ts'),
        'stages/square.ts': stage('square(value)', "import { square } from './lib/square.js';"),
        'stages/lib/square.ts': 'export const square = (value: number): number => value * value;\n',
      },
      registry,
    );
    expect((await workspace.run()).stages).toEqual({ n: 'succeeded', squared: 'succeeded' });
    expect(await workspace.read('out/squared/n')).toBe('10');

    await rename(workspace.path('stages/square.ts'), workspace.path('stages/other.ts'));
    await workspace.write('pipeline.yaml', uses('./stages/other.ts'));
    expect((await workspace.run()).stages).toEqual({ n: 'reused', squared: 'reused' });

    await workspace.write('stages/lib/square.ts', 'export const square = (value: number) => value ** 3;\n');
    expect((await workspace.command('why', '@pipeline.yaml', 'squared')).out).toMatch(
      /^squared would run, because\n {2}stages\/lib\/square\.ts changed: \w{8} → \w{8}\n/,
    );
    expect((await workspace.command('plan', '@pipeline.yaml')).out).toMatch(
      /squared .* stages\/lib\/square\.ts changed\n/,
    );
    expect((await workspace.run()).stages).toEqual({ n: 'reused', squared: 'succeeded' });
    expect(await workspace.read('out/squared/n')).toBe('28');
  });

  it('is checked as any other stage, and documented by `stages`', async () => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': uses('./square.ts').replace('plus', 'pluss'), 'square.ts': stage('value * value') },
      registry,
    );
    const { error } = await workspace.command('plan', '@pipeline.yaml');
    expect(error).toMatch(
      /pipeline\.yaml:4:56: error: Unknown key pluss in stages.squared.with[^]*Did you mean plus\?/,
    );
    const { out } = await workspace.command('stages', '@square.ts');
    expect(out).toContain('square – Squares a number.');
    expect(out).toMatch(/plus +number +default 0 +What is added\./);
  });

  it.each<[string, string | undefined, RegExp]>([
    [
      'a file that is not there',
      undefined,
      /pipeline\.yaml:4:20: error: There is no stage .*square\.ts\.[^]*Did you mean .*sqare\.ts\?/,
    ],
    [
      'no default export',
      'export const x = 1;\n',
      /pipeline\.yaml:4:20: error: .*square\.ts has no default export\.[^]*It exports x/,
    ],
    [
      'something that is no stage',
      'export default 3;\n',
      /pipeline\.yaml:4:20: error: The default export of square\.ts is no stage \(it is a number\)\./,
    ],
    [
      'a stage without a revision',
      stage('value').replace('revision: 1,', ''),
      /is no stage \(its revision: expected number, received undefined\)/,
    ],
    [
      'an exception, at its own line',
      "\nthrow new Error('boom');\n",
      /square\.ts:2:7: error: .*square\.ts cannot be loaded: boom\n 2 \| throw/,
    ],
  ])('points at %s', async (_what, source, message) => {
    const workspace = await Workspace.create(
      {
        'pipeline.yaml': uses('./square.ts'),
        'sqare.ts': '',
        ...(source === undefined ? {} : { 'square.ts': source }),
      },
      registry,
    );
    const { exitCode, error } = await workspace.command('plan', '@pipeline.yaml');
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
