import { describe, expect, it } from 'vitest';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { planPipeline } from '../../../pipeline/plan/plan.js';
import { formatDiagnostic, type Diagnostic } from '../../../pipeline/core/diagnostic.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { tinyStages } from '../../support/tiny-stages.js';

const registry = stageRegistry(tinyStages);

function mistakes(text: string, options: { set?: string[]; stages?: string[] } = {}): string[] {
  const show = (diagnostics: readonly Diagnostic[]): string[] =>
    diagnostics.map((each) => formatDiagnostic(each, text));
  const file = parsePipelineFile(text, 'p.yaml', options.set);
  if (!file.ok) return show(file.error);
  const plan = planPipeline(file.value, registry, options.stages);
  return plan.ok ? [] : show(plan.error);
}

const good = `version: 1
stages:
  seven: { uses: number, with: { value: 7 } }
  parts: { uses: halves, in: { of: seven } }
  total: { uses: sum, in: { numbers: [parts.low, parts.high, seven] } }
`;

describe('planning', () => {
  it('accepts a file without mistakes and orders the stages by what they take', () => {
    const shuffled = `version: 1\nstages:\n${good.split('\n').slice(2).reverse().join('\n')}`;
    const file = parsePipelineFile(shuffled, '/x/p.yaml');
    if (!file.ok) throw new Error('no file');
    const plan = planPipeline(file.value, registry);
    expect(plan.ok && plan.value.stages.map(({ name }) => name)).toEqual(['seven', 'parts', 'total']);
  });

  it('takes the chosen stages and what they need, and no others', () => {
    const file = parsePipelineFile(good, '/x/p.yaml');
    if (!file.ok) throw new Error('no file');
    const plan = planPipeline(file.value, registry, ['parts']);
    expect(plan.ok && plan.value.stages.map(({ name }) => name)).toEqual(['seven', 'parts']);
  });

  it.each<[string, string, string]>([
    [
      'an unknown key',
      good.replace('value: 7', 'value: 7, mod: plain'),
      `p.yaml:3:44: error: Unknown key mod in stages.seven.with.
 3 |   seven: { uses: number, with: { value: 7, mod: plain } }
   |                                            ~~~
  Did you mean mode?`,
    ],
    [
      'an unknown key of a stage',
      good.replace('in: { of', 'inn: { of'),
      `p.yaml:4:26: error: Unknown key inn in stages.parts.
 4 |   parts: { uses: halves, inn: { of: seven } }
   |                          ~~~
  Did you mean in?`,
    ],
    [
      'a wrong type',
      good.replace('value: 7', 'value: seven'),
      `p.yaml:3:41: error: stages.seven.with.value: expected number, received string
 3 |   seven: { uses: number, with: { value: seven } }
   |                                         ~~~~~`,
    ],
    [
      'a missing parameter',
      good.replace('value: 7', 'mode: plain'),
      `p.yaml:3:26: error: stages.seven.with.value is missing: expected number, received undefined
 3 |   seven: { uses: number, with: { mode: plain } }
   |                          ~~~~`,
    ],
    [
      'a value that is none of the choices',
      good.replace('value: 7', 'value: 7, mode: dubble'),
      `p.yaml:3:50: error: stages.seven.with.mode: Invalid option: expected one of "plain"|"double"
 3 |   seven: { uses: number, with: { value: 7, mode: dubble } }
   |                                                  ~~~~~~
  Did you mean double?`,
    ],
    [
      'a stage kind that does not exist',
      good.replace('uses: halves', 'uses: halfs'),
      `p.yaml:4:18: error: There is no stage kind halfs.
 4 |   parts: { uses: halfs, in: { of: seven } }
   |                  ~~~~~
  Did you mean halves?`,
    ],
    [
      'a stage that does not exist',
      good.replace('of: seven', 'of: sevn'),
      `p.yaml:4:36: error: There is no sevn to take of from.
 4 |   parts: { uses: halves, in: { of: sevn } }
   |                                    ~~~~
  Did you mean seven?`,
    ],
    [
      'an output that does not exist',
      good.replace('parts.low', 'parts.lwo'),
      `p.yaml:5:39: error: There is no parts.lwo to take numbers from.
 5 |   total: { uses: sum, in: { numbers: [parts.lwo, parts.high, seven] } }
   |                                       ~~~~~~~~~
  Did you mean parts.low?`,
    ],
    [
      'a stage with several outputs where one is meant',
      good.replace('[parts.low, parts.high, seven]', 'parts'),
      `p.yaml:5:38: error: There is no parts to take numbers from.
 5 |   total: { uses: sum, in: { numbers: parts } }
   |                                      ~~~~~
  parts has several outputs: parts.low, parts.high.`,
    ],
    [
      'an artifact of the wrong type',
      good.replace('of: seven', 'of: total').replace('[parts.low, parts.high, seven]', 'seven'),
      `p.yaml:4:36: error: of takes a number, but total is a text.
 4 |   parts: { uses: halves, in: { of: total } }
   |                                    ~~~~~
  A number comes from: seven.`,
    ],
    [
      'an input that the stage kind does not have',
      good.replace('{ of: seven }', '{ off: seven }'),
      `p.yaml:4:32: error: halves has no input off.
 4 |   parts: { uses: halves, in: { off: seven } }
   |                                ~~~
  Did you mean of?`,
    ],
    [
      'a list without anything in it',
      good.replace('[parts.low, parts.high, seven]', '[]'),
      'p.yaml:5:29: error: numbers takes one number at least.',
    ],
    [
      'text that is no YAML',
      'version: 1\nstages: {\n',
      'p.yaml:3:1: error: This is not valid YAML: Flow map in block collection must be sufficiently indented',
    ],
    [
      'an unknown variable',
      `vars: { size: 1 }\n${good.replace('value: 7', 'value: "${vars.sise}"')}`,
      `p.yaml:4:41: error: \${vars.sise} is not known.
 4 |   seven: { uses: number, with: { value: "\${vars.sise}" } }
   |                                         ~~~~~~~~~~~~~~
  Did you mean \${vars.size}?`,
    ],
  ])('points at %s with file, line, column and the nearest valid name', (_what, text, expected) => {
    const first = mistakes(text)[0] ?? '';
    expect(first.startsWith(expected), `${first}\n\nexpected\n${expected}`).toBe(true);
  });

  it('needs no quotes at a reference inside braces, and points at it all the same', () => {
    expect(mistakes(good.replace('value: 7', 'value: ${vars.n}'))[0]).toContain(
      'p.yaml:3:41: error: ${vars.n} is not known.',
    );
    expect(mistakes(`vars: { n: 7 }\n${good.replace('value: 7', 'value: ${vars.n}')}`)).toEqual([]);
    expect(mistakes(good.replace('value: 7', 'value: ${vars.n, mode: plain'))[0]).toContain(
      'Is the reference closed that begins in line 3, column 41: ${vars.n, mode: plain',
    );
  });

  it('names the stages of a cycle', () => {
    const text = `version: 1
stages:
  a: { uses: halves, in: { of: b.low } }
  b: { uses: halves, in: { of: a.high } }
`;
    expect(mistakes(text)).toEqual([
      expect.stringContaining('p.yaml:3:22: error: These stages wait for each other: a → b → a.'),
    ]);
  });

  it('says which input is missing and where one could come from', () => {
    const [first] = mistakes(good.replace('in: { of: seven }', 'in: {}'));
    expect(first).toContain('p.yaml:4:3: error: parts needs an input of (What to halve).');
    expect(first).toContain('A number comes from: seven.');
  });

  it('reports all mistakes at once', () => {
    expect(mistakes(good.replace('value: 7', 'value: x').replace('of: seven', 'of: nothing'))).toHaveLength(
      2,
    );
  });

  it('refuses a chosen stage that does not exist', () => {
    expect(mistakes(good, { stages: ['totl'] })).toEqual([expect.stringContaining('Did you mean total?')]);
  });
});

describe('--set', () => {
  const withVars = `vars: { n: 3 }\n${good.replace('value: 7', 'value: "${vars.n}"')}`;

  it.each([
    [['vars.n=9'], 9],
    [['stages.seven.with.value=4'], 4],
    [['vars.n=9', 'vars.n=10'], 10],
  ])('changes what %s names', (set, value) => {
    const file = parsePipelineFile(withVars, 'p.yaml', set);
    expect(file.ok && file.value.stages[0]?.entry.with['value']).toBe(value);
  });

  it.each([
    ['vars.m=1', 'there is no m in vars.\n  Did you mean vars.n?'],
    ['stages.sevn.with.value=1', 'there is no sevn in stages.\n  Did you mean stages.seven?'],
    ['n', 'this is not of the form path=value.'],
    ['vars.n=[', 'the value is not YAML'],
  ])('refuses %s', (setting, message) => {
    expect(mistakes(withVars, { set: [setting] })[0]).toContain(message);
  });
});
