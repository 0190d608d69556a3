import { expect, it } from 'vitest';
import { Workspace } from '../../../support/workspace.js';

const stages = 'stages:\n  c: { uses: command, with: { run: [echo, hello] } }\n';

async function refusalOf(submit: string): Promise<string> {
  const workspace = await Workspace.create({ 'pipeline.yaml': `version: 1\n${submit}\n${stages}` });
  const { exitCode, error } = await workspace.run('--executor', 'submit');
  expect(exitCode).toBe(2);
  return error;
}

it.each([
  ['', /pipeline\.yaml does not say which engine takes the tasks.*As in `submit: lsf`/s],
  ['submit: lfs', /it takes the name of an engine \(lsf, pbs, sge, flamenco, opencue, kubernetes\)/],
  ['submit: { atOnce: 5 }', /pipeline\.yaml:2:1.*names neither an engine nor a command/s],
  ['submit: { command: [run-it] }', /pipeline\.yaml:2:1.*does not say what is to run/s],
  ["submit: { command: [x, '{script}', '{indx}'] }", /Nothing is known of \{indx\}/],
  ["submit: { engine: lsf, id: '(' }", /no regular expression/],
  ['submit: kubernetes', /Nothing is known of \{image\}.*values: \{ image: … \}/s],
  ['submit: { engine: flamenco, document: ./no.json }', /There is no document .*no\.json/],
])('%j is refused at its place', async (submit, words) => {
  expect(await refusalOf(submit)).toMatch(words);
});
