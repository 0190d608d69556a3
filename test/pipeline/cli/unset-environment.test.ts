import { afterEach, describe, expect, it } from 'vitest';
import { Workspace } from '../../support/workspace.js';

const file = `version: 1
name: trial
env: [TRIAL_TOKEN, TRIAL_NAME]
vars: { greeting: 'hello \${env.TRIAL_TOKEN}' }
stages:
  greet:
    uses: command
    with: { run: [sh, -c, 'echo greets; echo "$0" > "$1"', '\${vars.greeting}', '{output}'], outputs: o }
`;

afterEach(() => {
  delete process.env['TRIAL_TOKEN'];
  delete process.env['TRIAL_NAME'];
});

async function anEarlierRun(text = file): Promise<Workspace> {
  const workspace = await Workspace.create({ 'pipeline.yaml': text });
  process.env['TRIAL_TOKEN'] = 'secret';
  process.env['TRIAL_NAME'] = 'by-name';
  expect((await workspace.run()).exitCode).toBe(0);
  expect((await workspace.run()).exitCode).toBe(0);
  delete process.env['TRIAL_TOKEN'];
  delete process.env['TRIAL_NAME'];
  return workspace;
}

describe('looking at past runs without the environment that they had', () => {
  it.each([
    ['runs', []],
    ['diff', ['last~1', 'last']],
    ['logs', ['greet']],
    ['report', []],
    ['history', []],
  ] as const)('%s asks for no variable that only stages need', async (command, words) => {
    const workspace = await anEarlierRun();
    expect((await workspace.run()).exitCode).not.toBe(0);
    const { exitCode, error, out } = await workspace.command(command, '@pipeline.yaml', ...words);
    expect(error).not.toContain('environment variable');
    expect(exitCode).toBe(0);
    if (command === 'runs') expect(out.split('\n')).toHaveLength(3);
    if (command === 'logs') expect(out).toContain('greets');
  });

  it('asks for those that the name or the store is made of', async () => {
    const named = file.replace('name: trial', "name: '${vars.who}'").replace('vars: {', "vars: { who: '${env.TRIAL_NAME}',"); // prettier-ignore
    const workspace = await anEarlierRun(named);
    const { exitCode, error } = await workspace.command('runs', '@pipeline.yaml');
    expect(exitCode).not.toBe(0);
    expect(error).toContain('The environment variable TRIAL_NAME is not set.');
    expect(error).not.toMatch(/variable TRIAL_TOKEN|Too small/);
    process.env['TRIAL_NAME'] = 'by-name';
    expect((await workspace.command('runs', '@pipeline.yaml')).exitCode).toBe(0);
    expect((await workspace.command('runs', '@pipeline.yaml', '--set', 'name=other')).out).toBe(
      'other was not run yet.',
    );
  });

  it('is possible while the file is being changed', async () => {
    const workspace = await anEarlierRun();
    await workspace.write('pipeline.yaml', `${file}  half-written: { uses: nothing-yet, wth: {} }\n`);
    expect((await workspace.command('logs', '@pipeline.yaml', 'greet')).out).toContain('greets');
    await workspace.write('pipeline.yaml', 'name: [1, 2]\n');
    expect((await workspace.command('runs', '@pipeline.yaml')).error).toMatch(
      /name: expected string, received array/,
    );
  });
});
