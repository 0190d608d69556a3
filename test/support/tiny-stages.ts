import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';

/** Whole stages without any outside program, to test planning and type checks with. */
const number = z.strictObject({
  value: z.number().describe('A number.'),
  mode: z.enum(['plain', 'double']).default('plain').describe('How.'),
});

export const numberStage = defineStage<z.infer<typeof number>>({
  kind: 'number',
  summary: 'Writes a number.',
  revision: 1,
  params: number,
  inputs: {},
  outputs: { number: { type: 'number', description: 'The number' } },
  seeded: () => false,
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

export const tinyStages = [numberStage, halvesStage, sumStage];
