import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { labelsAgree } from '../../../pipeline/file/instance-name.js';
import { planPipeline, type Plan } from '../../../pipeline/plan/plan.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { fileText, randomPipeline } from '../../support/random-pipeline.js';
import { tinyStages } from '../../support/tiny-stages.js';

vi.setConfig({ testTimeout: 60_000 });

const registry = stageRegistry([...tinyStages, commandStage]);

/** The plan, or undefined where the file has mistakes, each of which must say where it is. */
function planOf(text: string): Plan | undefined {
  const file = parsePipelineFile(text, '/x/p.yaml');
  const plan = file.ok ? planPipeline(file.value, registry) : file;
  if (plan.ok) return plan.value;
  expect(plan.error.length).toBeGreaterThan(0);
  for (const { message, range } of plan.error) expect([message, range?.line]).not.toContain(undefined);
  return undefined;
}

/** What holds for every plan, whatever the file says. */
function checkPlan({ stages }: Plan): void {
  const before = new Map<string, Plan['stages'][number]>();
  for (const stage of stages) {
    for (const [input, bindings] of Object.entries(stage.inputs)) {
      const spec = stage.kind.inputs[input];
      if (!spec?.many) expect(bindings).toHaveLength(1);
      for (const { stage: name, output } of bindings) {
        const from = before.get(name);
        expect(from, `${stage.name} comes before ${name}, which it takes from`).toBeDefined();
        expect(from?.kind.outputs[output]?.type).toBe(spec?.type);
        expect(labelsAgree(from?.labels ?? {}, stage.labels)).toBe(true);
      }
    }
    for (const [input, spec] of Object.entries(stage.kind.inputs))
      expect(spec.optional || (stage.inputs[input]?.length ?? 0) > 0).toBe(true);
    expect(before.has(stage.name)).toBe(false);
    before.set(stage.name, stage);
  }
}

const names = ['a', 'b', 'c', 'd', 'e'] as const;
const name = fc.constantFrom(...names);
const reference = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 2, arbitrary: name.map((each) => `${each}.low`) },
  { weight: 1, arbitrary: fc.constantFrom('nobody', 'a.nothing', '${matrix.k}', '${matrix.seed}', '', '.') },
);
const axis = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'a/b'), fc.oneof(name, fc.array(name)), {
      maxKeys: 2,
    }),
  },
);
const matrix = fc.record({ seed: axis, k: axis }, { requiredKeys: [] });

/** Stages that may or may not fit together: wrong types, circles, axes that do not match, missing inputs. */
const anyStages = fc.dictionary(
  name,
  fc.oneof(
    fc.record(
      { uses: fc.constant('number'), with: fc.constant({ value: 1 }), matrix },
      { requiredKeys: ['uses', 'with'] },
    ),
    fc.record(
      { uses: fc.constantFrom('halves', 'draw', 'scaled'), in: fc.record({ of: reference }), matrix },
      { requiredKeys: ['uses', 'in'] },
    ),
    fc.record(
      { uses: fc.constant('pair'), in: fc.record({ first: reference, second: reference }), matrix },
      { requiredKeys: ['uses', 'in'] },
    ),
    fc.record(
      {
        uses: fc.constantFrom('sum', 'sums'),
        in: fc.record({ numbers: fc.oneof(reference, fc.array(reference, { maxLength: 3 })) }),
        matrix,
      },
      { requiredKeys: ['uses'] },
    ),
    fc.record({
      uses: fc.constantFrom('number', 'numbre', 'command'),
      with: fc.object({ maxDepth: 1 }),
    }),
  ),
  { minKeys: 1, maxKeys: 5 },
);

describe('planning any file', () => {
  it('never throws; what it lets through is in order, typed, complete and joined by label', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyStages, (stages) => {
        const plan = planOf(JSON.stringify({ version: 1, stages }));
        if (!plan) return;
        accepted++;
        checkPlan(plan);
      }),
      { numRuns: 1200 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it('never throws at data of any shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (whole, part) => {
        planOf(JSON.stringify(whole));
        for (const key of ['stages', 'vars', 'env', 'seed'])
          planOf(JSON.stringify({ version: 1, stages: { a: { uses: 'number' } }, [key]: part }));
        for (const key of ['in', 'with', 'matrix', 'seed', 'uses'])
          planOf(JSON.stringify({ version: 1, stages: { a: { uses: 'number', [key]: part } } }));
      }),
      { numRuns: 60 },
    );
  });

  it('accepts every file without mistakes, and the order of the file does not matter', () => {
    fc.assert(
      fc.property(randomPipeline, (pipeline) => {
        const [forwards, backwards] = [false, true].map((reversed) => planOf(fileText(pipeline, reversed)));
        if (!forwards || !backwards) throw new Error('a mistake was found where there is none');
        checkPlan(forwards);
        const sorted = ({ stages }: Plan): unknown =>
          stages
            .map(({ name, params, seed, inputs }) => ({ name, params, seed, inputs }))
            .sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(sorted(backwards)).toEqual(sorted(forwards));
      }),
      { numRuns: 150 },
    );
  });

  it('has one instance for each combination of the axes that come down to a stage', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const labels = (size: number): number[] => Array.from({ length: size }, (_, index) => index);
        const stages: Record<string, object> = { s0: { uses: 'number', with: { value: 1 } } };
        for (const [index, size] of lengths.entries())
          stages[`s${index + 1}`] = {
            uses: 'scaled',
            matrix: { [`k${index}`]: labels(size) },
            in: { of: `s${index}` },
          };
        stages['all'] = { uses: 'sum', in: { numbers: `s${lengths.length}` } };
        const plan = planOf(JSON.stringify({ version: 1, stages }));
        if (!plan) throw new Error('a mistake was found where there is none');
        checkPlan(plan);
        let count = 1;
        for (const [index, size] of lengths.entries()) {
          count *= size;
          expect(plan.stages.filter(({ declared }) => declared === `s${index + 1}`)).toHaveLength(count);
        }
        expect(plan.stages.find(({ declared }) => declared === 'all')?.inputs['numbers']).toHaveLength(count);
      }),
      { numRuns: 60 },
    );
  });
});
