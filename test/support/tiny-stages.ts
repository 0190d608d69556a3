import { z } from 'zod';
import { defineStage, type StageKind } from '../../pipeline/stage/definition.js';

/** Whole stages without any outside program, to test planning and type checks with. */
const number = z.strictObject({
  value: z.number().describe('A number.'),
  mode: z.enum(['plain', 'double']).default('plain').describe('How.'),
  note: z.string().default('').describe('What it is for.'),
});

export const numberStage = defineStage<z.infer<typeof number>>({
  kind: 'number',
  summary: 'Writes a number.',
  revision: 1,
  params: number,
  inputs: {},
  outputs: { number: { type: 'number', description: 'The number' } },
  seeded: () => false,
  keyParams: ({ value, mode }) => ({ value, mode }),
  run: async ({ params, output }) =>
    output('number').write('n', String(params.mode === 'double' ? 2 * params.value : params.value)),
});

const halves = z.strictObject({});

export const halvesStage = defineStage<z.infer<typeof halves>>({
  kind: 'halves',
  summary: 'Rounds half a number down and up.',
  revision: 1,
  params: halves,
  inputs: { of: { type: 'number', description: 'What to halve' } },
  outputs: {
    low: { type: 'number', description: 'Rounded down' },
    high: { type: 'number', description: 'Rounded up' },
  },
  seeded: () => false,
  run: async ({ input, output }) => {
    const value = Number(await input('of').readText('n'));
    await output('low').write('n', String(Math.floor(value / 2)));
    await output('high').write('n', String(Math.ceil(value / 2)));
  },
});

const sum = z.strictObject({});

export const sumStage = defineStage<z.infer<typeof sum>>({
  kind: 'sum',
  summary: 'Adds numbers up.',
  revision: 1,
  params: sum,
  inputs: { numbers: { type: 'number', many: true, description: 'What to add' } },
  outputs: { total: { type: 'text', description: 'The sum' } },
  seeded: () => false,
  run: async ({ inputList, output }) => {
    let total = 0;
    for (const { artifact } of inputList('numbers')) total += Number(await artifact.readText('n'));
    await output('total').write('sum.txt', String(total));
  },
});

const sumsStage = defineStage<z.infer<typeof sum>>({
  kind: 'sums',
  summary: 'Adds numbers up to a number.',
  revision: 1,
  params: sum,
  inputs: { numbers: { type: 'number', many: true, description: 'What to add' } },
  outputs: { number: { type: 'number', description: 'The sum' } },
  seeded: () => false,
  run: async ({ inputList, output }) => {
    let total = 0;
    for (const { artifact } of inputList('numbers')) total += Number(await artifact.readText('n'));
    await output('number').write('n', String(total));
  },
});

const scale = z.strictObject({ scale: z.number().default(1).describe('What to multiply by.') });

function scaling(kind: string, random: boolean): StageKind {
  return defineStage<z.infer<typeof scale>>({
    kind,
    summary: random
      ? 'Multiplies a number and adds the remainder of its seed by ten.'
      : 'Multiplies a number.',
    revision: 1,
    params: scale,
    inputs: { of: { type: 'number', description: 'What to multiply' } },
    outputs: { number: { type: 'number', description: 'The product' } },
    seeded: () => random,
    run: async ({ input, output, params, seed }) => {
      const value = Number(await input('of').readText('n'));
      await output('number').write('n', String(value * params.scale + (random ? seed % 10 : 0)));
    },
  });
}

/** Depends on its seed. */
const drawStage = scaling('draw', true);
const scaledStage = scaling('scaled', false);

const pairStage = defineStage<z.infer<typeof sum>>({
  kind: 'pair',
  summary: 'Subtracts one number from another.',
  revision: 1,
  params: sum,
  inputs: {
    first: { type: 'number', description: 'From what' },
    second: { type: 'number', description: 'What' },
  },
  outputs: { number: { type: 'number', description: 'The difference' } },
  seeded: () => false,
  run: async ({ input, output }) => {
    const [first, second] = [await input('first').readText('n'), await input('second').readText('n')];
    await output('number').write('n', String(Number(first) - Number(second)));
  },
});

export const tinyStages = [numberStage, halvesStage, sumStage, sumsStage, drawStage, scaledStage, pairStage];
