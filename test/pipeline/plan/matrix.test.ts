import { describe, expect, it } from 'vitest';
import { formatDiagnostic, type Diagnostic } from '../../../pipeline/core/diagnostic.js';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { planPipeline, type Plan } from '../../../pipeline/plan/plan.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry(tinyStages);

function planned(text: string, selection: readonly string[] = []): Plan | readonly string[] {
  const show = (diagnostics: readonly Diagnostic[]): readonly string[] =>
    diagnostics.map((each) => formatDiagnostic(each, text));
  const file = parsePipelineFile(text, 'p.yaml');
  if (!file.ok) return show(file.error);
  const plan = planPipeline(file.value, registry, selection);
  return plan.ok ? plan.value : show(plan.error);
}

/** Each planned stage and what its inputs are bound to. */
function graph(text: string, selection: readonly string[] = []): Readonly<Record<string, string>> {
  const plan = planned(text, selection);
  if (!('stages' in plan)) throw new Error(plan.join('\n'));
  return Object.fromEntries(
    plan.stages.map(({ name, inputs }) => [
      name,
      Object.values(inputs)
        .flatMap((list) => list.map(({ stage, output }) => `${stage}.${output}`))
        .join(' '),
    ]),
  );
}

function firstMistake(text: string): string {
  const plan = planned(text);
  if ('stages' in plan) throw new Error('no mistake was found');
  return plan[0] ?? '';
}

const flowing = `version: 1
stages:
  one: { uses: number, with: { value: 1 } }
  two: { uses: number, with: { value: 2 } }
  set:
    uses: sums
    matrix: { arm: { low: [one], both: [one, two] } }
    in: { numbers: "\${matrix.arm}" }
  detector: { uses: draw, matrix: { seed: [1, 2] }, in: { of: set } }
  half: { uses: halves, in: { of: detector } }
  verdict: { uses: sum, in: { numbers: half.low } }
`;

describe('a matrix', () => {
  it('makes an instance for each value, flows downstream by name and is collected by lists', () => {
    expect(graph(flowing)).toEqual({
      one: '',
      two: '',
      'set[arm=low]': 'one.number',
      'set[arm=both]': 'one.number two.number',
      'detector[arm=low,seed=1]': 'set[arm=low].number',
      'detector[arm=low,seed=2]': 'set[arm=low].number',
      'detector[arm=both,seed=1]': 'set[arm=both].number',
      'detector[arm=both,seed=2]': 'set[arm=both].number',
      'half[arm=low,seed=1]': 'detector[arm=low,seed=1].number',
      'half[arm=low,seed=2]': 'detector[arm=low,seed=2].number',
      'half[arm=both,seed=1]': 'detector[arm=both,seed=1].number',
      'half[arm=both,seed=2]': 'detector[arm=both,seed=2].number',
      verdict: ['both', 'low']
        .flatMap((arm) => [1, 2].map((seed) => `half[arm=${arm},seed=${seed}].low`))
        .join(' '),
    });
  });

  it('may name single outputs of other stages in its values', () => {
    const text = flowing.replace('both: [one, two]', 'mixed: [one, parts.low]');
    const parts = '  parts: { uses: halves, in: { of: two } }\n';
    expect(graph(text + parts)['set[arm=mixed]']).toBe('one.number parts.low');
  });

  it('collects only the instances that agree where the collecting stage has the axis itself', () => {
    const text = `${flowing}  by-arm: { uses: sums, matrix: { arm: [both] }, in: { numbers: half.high } }\n`;
    expect(graph(text)['by-arm[arm=both]']).toBe('half[arm=both,seed=1].high half[arm=both,seed=2].high');
  });

  it('is joined by label where a stage declares the axis with fewer labels', () => {
    const text = `${flowing}  some: { uses: halves, matrix: { seed: [2] }, in: { of: detector } }\n`;
    expect(Object.entries(graph(text)).filter(([name]) => name.startsWith('some'))).toEqual([
      ['some[arm=low,seed=2]', 'detector[arm=low,seed=2].number'],
      ['some[arm=both,seed=2]', 'detector[arm=both,seed=2].number'],
    ]);
  });

  it('keeps the type of a value that stands alone and writes it into a text elsewhere', () => {
    const plan = planned(
      'version: 1\nstages:\n  n: { uses: number, matrix: { v: [1.5] }, with: { value: "${matrix.v}", note: "v is ${matrix.v}, not $${matrix.v}" } }\n',
    );
    expect('stages' in plan && plan.stages[0]?.params).toMatchObject({
      value: 1.5,
      note: 'v is 1.5, not ${matrix.v}',
    });
  });

  it('gives a stage its seed by an axis called seed, the same as `seed:` would', () => {
    const seeds = (text: string): readonly number[] => {
      const plan = planned(text);
      if (!('stages' in plan)) throw new Error(plan.join('\n'));
      return plan.stages.slice(1).map(({ seed }) => seed);
    };
    const head = 'version: 1\nseed: 7\nstages:\n  n: { uses: number, with: { value: 1 } }\n';
    const tail = ', in: { of: n } }\n';
    const byAxis = seeds(`${head}  d: { uses: draw, matrix: { seed: [1, 2] }${tail}`);
    const byHand = seeds(`${head}  a: { uses: draw, seed: 1${tail}  b: { uses: draw, seed: 2${tail}`);
    const byReference = seeds(
      `${head}  d: { uses: draw, matrix: { of: [1, 2] }, seed: "\${matrix.of}"${tail}`,
    );
    expect(byAxis).toEqual(byHand);
    expect(byReference).toEqual(byHand);
    expect(new Set(byAxis).size).toBe(2);
  });

  it('is chosen from by stage or by label', () => {
    expect(Object.keys(graph(flowing, ['detector']))).toHaveLength(2 + 2 + 4);
    expect(Object.keys(graph(flowing, ['detector[seed=2]']))).toEqual([
      'one',
      'two',
      'set[arm=low]',
      'set[arm=both]',
      'detector[arm=low,seed=2]',
      'detector[arm=both,seed=2]',
    ]);
    expect(planned(flowing, ['detector[seed=3]'])).toEqual([
      expect.stringMatching(/has no stage detector\[seed=3\].\n.*There is: detector\[arm=low,seed=1\],/),
    ]);
  });

  it.each<[string, string, string, string]>([
    [
      'a label that the upstream does not have',
      'half: { uses: halves, in: { of: detector } }',
      'half: { uses: halves, matrix: { seed: [2, 3] }, in: { of: detector } }',
      'p.yaml:10:35: error: half has seed=3, but detector, which it takes from, has seed: 1, 2.',
    ],
    [
      'an axis that does not exist',
      'detector: { uses: draw, matrix: { seed: [1, 2] }, in: { of: set } }',
      'detector: { uses: draw, with: { scale: "${matrix.amr}" }, in: { of: set } }',
      'p.yaml:9:42: error: ${matrix.amr} is not known.',
    ],
    ['an axis without values', 'seed: [1, 2]', 'seed: []', 'The axis seed of detector has no value.'],
    [
      'a value twice',
      'seed: [1, 2]',
      'seed: [1, 1]',
      'p.yaml:9:47: error: The axis seed of detector has 1 twice.',
    ],
    [
      'a list without a label',
      'arm: { low: [one], both: [one, two] }',
      'arm: [[one]]',
      'Give the value a label',
    ],
    ['a label that is no name', 'seed: [1, 2]', 'size: [a/b]', '"a/b" cannot be a label'],
    ['a seed that is no number', 'seed: [1, 2]', 'seed: [one, two]', 'The axis seed gives detector its seed'],
    [
      'a seed that is text',
      'matrix: { seed: [1, 2] }',
      'seed: one',
      'stages.detector.seed: expected a whole number',
    ],
    [
      'too many instances',
      'seed: [1, 2]',
      `seed: [${Array.from({ length: 6000 }, (_, index) => index).join(',')}]`,
      'detector would be made 12000 times (arm: 2, seed: 6000); 10000 is the most.',
    ],
    [
      'a stage that does not exist, in one of the values',
      'both: [one, two]',
      'both: [one, tow]',
      'There is no tow to take numbers from.',
    ],
  ])('points at %s', (_what, before, after, message) => {
    expect(flowing).toContain(before);
    expect(firstMistake(flowing.replace(before, after))).toContain(message);
  });

  it('refuses to join stages whose axes of one name have different labels', () => {
    const text = `version: 1
stages:
  a: { uses: number, matrix: { k: [1, 2] }, with: { value: "\${matrix.k}" } }
  b: { uses: number, matrix: { k: [2, 3] }, with: { value: "\${matrix.k}" } }
  c: { uses: pair, in: { first: a, second: b } }
`;
    const mistake = firstMistake(text);
    expect(mistake).toContain('p.yaml:5:20: error: c takes from a (k: 1, 2) and from b (k: 2, 3).');
    expect(mistake).toContain('Say which it is made for: matrix: { k: [2] }.');
    const chosen = text.replace('uses: pair,', 'uses: pair, matrix: { k: [2] },');
    expect(graph(chosen)['c[k=2]']).toBe('a[k=2].number b[k=2].number');
  });

  it('reports a mistake that all instances share once', () => {
    const text = flowing.replace('in: { of: set }', 'with: { scael: 1 }, in: { of: set }');
    expect(planned(text)).toHaveLength(1);
  });

  it('names the circle that stages with axes wait in', () => {
    const text = `version: 1
stages:
  a: { uses: halves, matrix: { k: [1] }, in: { of: b.low } }
  b: { uses: halves, in: { of: a.high } }
`;
    expect(firstMistake(text)).toContain('p.yaml:3:42: error: These stages wait for each other');
  });
});

describe('a run with a matrix', () => {
  const running = flowing.replaceAll('draw', 'scaled');

  it('shows each instance in a folder of its own and makes equal instances once', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': running }, registry);
    const { exitCode, events, stages } = await workspace.run();
    expect(exitCode).toBe(0);
    expect(await workspace.list('out/half')).toEqual([
      'arm=both,seed=1',
      'arm=both,seed=2',
      'arm=low,seed=1',
      'arm=low,seed=2',
    ]);
    // Without randomness the seed changes nothing: the two seeds of an arm are one result.
    const started = events.flatMap((event) => (event.type === 'stage-started' ? [event.stage] : []));
    expect(started.filter((name) => name.startsWith('detector'))).toEqual([
      'detector[arm=low,seed=1]',
      'detector[arm=both,seed=1]',
    ]);
    expect(stages['detector[arm=low,seed=2]']).toBe('reused');
    // Half of 1 and half of 3, rounded down, twice each.
    expect(await workspace.read('out/verdict/sum.txt')).toBe('2');
  });

  it('runs nothing else when a value is added, and takes the place of a stage without axes', async () => {
    const text = (axis: string, used: string): string =>
      `version: 1\nstages:\n  n: { uses: number, ${axis} with: { value: ${used} } }\n  h: { uses: halves, in: { of: n } }\n`;
    const workspace = await Workspace.create({ 'pipeline.yaml': text('', '1') }, registry);
    await workspace.run();
    await workspace.write('pipeline.yaml', text('matrix: { v: [1, 4] },', '"${matrix.v}"'));
    expect((await workspace.run()).stages).toEqual({
      'n[v=1]': 'reused',
      'n[v=4]': 'succeeded',
      'h[v=1]': 'reused',
      'h[v=4]': 'succeeded',
    });
    expect(await workspace.list('out/n')).toEqual(['v=1', 'v=4']);
    await workspace.write('pipeline.yaml', text('matrix: { v: [8, 4, 1] },', '"${matrix.v}"'));
    const { stages } = await workspace.run();
    expect(Object.entries(stages).filter(([, end]) => end !== 'reused')).toEqual([
      ['n[v=8]', 'succeeded'],
      ['h[v=8]', 'succeeded'],
    ]);
  });
});
