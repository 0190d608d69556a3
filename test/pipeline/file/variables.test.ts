import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { formatDiagnostic } from '../../../pipeline/core/diagnostic.js';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { Workspace } from '../../support/workspace.js';

const environment = { TOKEN: 'hunter22', HOME: '/home/someone' };

function parsed(head: string, value: string): unknown {
  const text = `version: 1\n${head}stages:\n  s:\n    uses: x\n    with:\n      v: ${value}\n`;
  const file = parsePipelineFile(text, 'p.yaml', [], 'p.yaml', environment);
  return file.ok
    ? file.value.stages[0]?.entry.with['v']
    : file.error.map((each) => formatDiagnostic(each, text));
}

describe('variables', () => {
  it.each<[string, string, string, unknown]>([
    ['the environment, where the file declares the name', 'env: [TOKEN]\n', 'a ${env.TOKEN}', 'a hunter22'],
    ['each other, in any order', 'vars: { a: "${vars.b}", b: 3 }\n', '${vars.a}', 3],
    ['parts of each other', 'vars: { a: "x${vars.b}", b: [1, 2] }\n', '${vars.a}', 'x[1,2]'],
    ['the environment', 'env: [TOKEN]\nvars: { a: "<${env.TOKEN}>" }\n', '${vars.a}', '<hunter22>'],
    ['a text that is meant literally', 'vars: { a: "$${env.TOKEN}" }\n', '${vars.a}', '${env.TOKEN}'],
  ])('may refer to %s', (_what, head, value, expected) => {
    expect(parsed(head, value)).toEqual(expected);
  });

  it.each<[string, string, string, string]>([
    [
      'a name that is not declared, although it is set',
      '',
      '${env.HOME}',
      'p.yaml:6:10: error: ${env.HOME} is not declared.\n 6 |       v: ${env.HOME}\n   |          ~~~~~~~~~~~\n  Declare it at the top of the file: env: [HOME].',
    ],
    [
      'a name that is declared but not set',
      'env: [NOTHING]\n',
      '${env.NOTHING}',
      'p.yaml:7:10: error: The environment variable NOTHING is not set.\n 7 |       v: ${env.NOTHING}\n   |          ~~~~~~~~~~~~~~\n  Set it before the command: NOTHING=… pipeline …',
    ],
    [
      'a circle of variables',
      'vars:\n  a: ${vars.b}\n  b: ${vars.a}\n',
      '1',
      'p.yaml:4:6: error: These variables are made of each other: a → b → a.',
    ],
    ['a variable that does not exist', 'vars: { a: "${vars.bb}", b: 1 }\n', '1', 'Did you mean ${vars.b}?'],
    ['an axis, where there can be none', 'vars: { a: "${matrix.k}" }\n', '1', '${matrix.k} is not known.'],
  ])('points at %s', (_what, head, value, expected) => {
    expect((parsed(head, value) as readonly string[])[0]).toContain(expected);
  });

  it('refuses a declared name that is none', () => {
    expect((parsed('env: [not-a-name]\n', '1') as readonly string[])[0]).toContain('p.yaml:2:7');
  });
});

describe('a secret', () => {
  const file = (env: string): string => `version: 1
env: [DARKROOM_TEST_TOKEN]
stages:
  c:
    uses: command
    with:
      each: in/*
      env: [${env}]
      outputs: "{stem}"
      run: [sh, -c, 'echo "key is $0"; cp "$1" "$2"; case "$0" in broken-*) exit 1;; esac', "\${env.DARKROOM_TEST_TOKEN}", "{input}", "{output}"]
`;

  async function everyText(folder: string): Promise<string> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile());
    return (await Promise.all(files.map((each) => readFile(join(each.parentPath, each.name), 'utf8')))).join(
      '\n',
    );
  }

  it('stands in no key, record, journal or report, but another one runs the stage again', async () => {
    vi.stubEnv('DARKROOM_TEST_TOKEN', 'hunter22-first');
    const workspace = await Workspace.create({
      'pipeline.yaml': file('PATH, DARKROOM_TEST_TOKEN'),
      'in/a': 'a',
    });
    const first = await workspace.run();
    expect(first.stages).toEqual({ c: 'succeeded' });
    expect(first.out).toContain('key is ${env.DARKROOM_TEST_TOKEN}');
    expect((await workspace.run()).stages).toEqual({ c: 'reused' });
    vi.stubEnv('DARKROOM_TEST_TOKEN', 'hunter22-second');
    const second = await workspace.run();
    expect(second.stages).toEqual({ c: 'succeeded' });
    vi.stubEnv('DARKROOM_TEST_TOKEN', 'broken-broken');
    const broken = await workspace.run();
    expect(broken.stages).toEqual({ c: 'failed' });
    const plan = await workspace.command('plan', '@pipeline.yaml', '--json');
    const said = [first, second, broken, plan].map(({ out, error }) => out + error).join('\n');
    const kept = await everyText(workspace.path('.pipeline'));
    expect(said + kept).not.toMatch(/hunter22|broken-broken/);
    vi.unstubAllEnvs();
  });
});
