import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const seven = 'version: 1\nstages:\n  seven: { uses: number, with: { value: 7 } }\n';

describe('the command line', () => {
  it.each([
    [
      ['run', '@missing.yaml'],
      /There is no pipeline file .*missing\.yaml.*\n {2}Did you mean .*pipeline\.yaml\?/s,
    ],
    [['run', '@pipeline.yaml', 'sevn'], /has no stage sevn\.\n {2}Did you mean seven\?/],
    [['run', '@pipeline.yaml', '--jobs', '0'], /It takes a whole number from 1 on/],
    [['run', '@pipeline.yaml', '--sett', 'a=b'], /unknown option '--sett'\n\(Did you mean --set\?\)/],
    [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [['stages', 'numbr'], /There is no stage kind numbr\.\nDid you mean number\?/],
    [['init', 'quickstrat', '@new'], /There is no template quickstrat\.\nDid you mean quickstart\?/],
    [['init', 'quickstart', '@templates'], /is not empty; nothing was written/],
  ])('refuses %j with exit code 2 and says what was meant', async (argv, message) => {
    const workspace = await Workspace.create(
      { 'pipeline.yaml': seven, 'templates/quickstart/pipeline.yaml': seven },
      registry,
    );
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('takes a folder for the pipeline.yaml in it, and words after it for stages', async () => {
    const workspace = await Workspace.create(
      { 'sub/pipeline.yaml': `${seven}  parts: { uses: halves, in: { of: seven } }\n` },
      registry,
    );
    const { exitCode } = await workspace.command('run', '@sub', 'seven');
    expect(exitCode).toBe(0);
    expect(await workspace.list('sub/out')).toEqual(['seven']);
  });

  it('writes a report with the reasons into the folder of the run, and says where', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': seven }, registry);
    const { out } = await workspace.command('run', '@pipeline.yaml');
    const page = /report: (.*report\.html)/.exec(out)?.[1] ?? '';
    const html = await workspace.read(page.slice(workspace.directory.length + 1));
    expect(html).toContain('it was never made before');
    expect(html).toContain('seven');
  });

  it('keeps the store where --store says', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': seven }, registry);
    await workspace.command('run', '@pipeline.yaml', '--store', `${workspace.directory}/shared store`);
    expect(await workspace.list('shared store')).toContain('blobs');
    const { out } = await workspace.command(
      'status',
      '@pipeline.yaml',
      '--store',
      `${workspace.directory}/shared store`,
    );
    expect(out).toMatch(/= {2}seven {2}made \d{4}-\d\d-\d\d \d\d:\d\d in .*, 1 file/);
  });

  it('prints the documentation of a stage kind out of its schemas', async () => {
    const workspace = await Workspace.create({}, registry);
    const { out } = await workspace.command('stages', 'number');
    expect(out).toMatch(
      /value +number +required +A number\.\n +mode +plain \| double +default "plain" +How\./,
    );
  });

  it('answers plan and status for machines', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': seven }, registry);
    const plan = JSON.parse((await workspace.command('plan', '@pipeline.yaml', '--json')).out) as object;
    expect(plan).toEqual({
      stages: [{ name: 'seven', kind: 'number', state: 'runs', reasons: ['it was never made before'] }],
    });
    await workspace.run();
    const status = JSON.parse((await workspace.command('status', '@pipeline.yaml', '--json')).out) as object;
    expect(status).toMatchObject({
      stages: [{ name: 'seven', state: 'current', outputs: { number: { type: 'number', fileCount: 1 } } }],
    });
  });
});

describe('pipeline init', () => {
  it('copies a template without what runs left in it, together with the schema of pipeline files', async () => {
    const workspace = await Workspace.create(
      {
        'templates/quickstart/pipeline.yaml': `# yaml-language-server: $schema=../pipeline.schema.json\n${seven}`,
        'templates/quickstart/scene/room.py': 'pass',
        'templates/quickstart/.pipeline/blobs/x': '',
        'templates/quickstart/out/seven/n': '',
      },
      registry,
    );
    await mkdir(workspace.path('templates/empty'));
    const { exitCode } = await workspace.command('init', 'quickstart', '@mine');
    expect(exitCode).toBe(0);
    expect(await workspace.list('mine')).toEqual(['pipeline.schema.json', 'pipeline.yaml', 'scene']);
    expect(await workspace.read('mine/pipeline.yaml')).toContain('$schema=./pipeline.schema.json');
    expect((await workspace.command('run', '@mine')).exitCode).toBe(0);
  });
});

describe('a source file that is missing', () => {
  it('is pointed at before anything runs', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1
stages:
  first: { uses: command, with: { run: [sh, -c, 'echo > {output}'], outputs: o } }
  second: { uses: command, with: { each: in/a.text, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }
`,
    });
    await workspace.write('in/a.txt', '');
    await writeFile(workspace.path('in/b'), '');
    const { exitCode, error } = await workspace.run();
    expect(exitCode).toBe(2);
    expect(error).toMatch(
      /pipeline\.yaml:4:42: error: There is no file in\/a\.text\.\n.*\n.*~{9}\n {2}Did you mean in\/a\.txt\?/,
    );
    await expect(workspace.list('out')).rejects.toThrow('ENOENT');
  });
});
