import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand, type CommandEntry } from '../../../pipeline/stage/command.js';
import { Workspace } from '../../support/workspace.js';

const show: CommandEntry = {
  name: 'show',
  description: 'print the files of artifacts',
  load: () =>
    Promise.resolve(
      defineCommand({
        words: '[FILE] STAGE[.OUTPUT]…',
        wordsHelp: 'what to show',
        options: z.strictObject({
          maxFiles: z.number().int().min(1).default(10).describe('at most so many files'),
          upper: z.boolean().default(false).describe('in capitals'),
          only: z.array(z.string()).default([]).describe('files of these names'),
          order: z.enum(['up', 'down']).default('up').describe('which way round'),
        }),
        run: async (words, options, host) => {
          for (const { label, artifact } of await host.artifacts(words, ['files'], { files: 'mark.txt' })) {
            host.console.out(`${label}: ${JSON.stringify(options)}`);
            for await (const { path } of artifact.files())
              host.console.out(`${path}=${(await artifact.readText(path)).trim()}`);
          }
          return 0;
        },
      }),
    ),
};

const file = `
version: 1
name: words
stages:
  hello:
    uses: command
    matrix: { name: [ann, bob] }
    with: { run: [sh, -c, 'echo hello \${matrix.name} > {output}'], outputs: out.txt }
  other: { uses: command, with: { run: [sh, -c, 'echo other > {output}'], outputs: out.txt } }
`;

async function workspace(): Promise<Workspace> {
  return Workspace.create({ 'pipeline.yaml': file }, undefined, [show]);
}

describe('a command that stages bring along', () => {
  it('finds the present artifact of a stage, and all instances of one with a matrix', async () => {
    const space = await workspace();
    await space.run();
    const one = await space.command('show', '@', 'other');
    expect(one).toMatchObject({ exitCode: 0 });
    expect(one.out).toContain('out.txt=other');
    const both = await space.command('show', '@pipeline.yaml', 'hello');
    expect(both.out).toContain('hello[name=ann]: ');
    expect(both.out).toContain('out.txt=hello ann');
    expect(both.out).toContain('out.txt=hello bob');
    expect((await space.command('show', '@', 'hello[name=bob].files')).out).not.toContain('ann');
  });

  it('gets its options typed, with defaults', async () => {
    const space = await workspace();
    await space.run();
    const options = ['--max-files', '3', '--upper', '--only', 'a', '--only', '7', '--order', 'down'];
    const { out } = await space.command('show', '@', 'other', ...options);
    expect(out).toContain('{"maxFiles":3,"upper":true,"only":["a","7"],"order":"down"}');
    expect((await space.command('show', '@', 'other')).out).toContain(
      '{"maxFiles":10,"upper":false,"only":[],"order":"up"}',
    );
  });

  it('says which option is wrong', async () => {
    const space = await workspace();
    const wrong = await space.command('show', '@', 'other', '--max-files', 'many');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.error).toContain('--max-files');
    const unknown = await space.command('show', '@', 'other', '--max-file', '1');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.error).toContain("unknown option '--max-file'");
  });

  it('has a help of its own, and stands in the help of the program', async () => {
    const space = await workspace();
    const help = await space.command('show', '--help');
    expect(help.exitCode).toBe(0);
    expect(help.out).toContain('--max-files <number>');
    expect(help.out).toContain('[FILE] STAGE[.OUTPUT]… [options]');
    expect((await space.command('--help')).out).toContain('print the files of artifacts');
  });

  it('reads a folder outside the store', async () => {
    const space = await workspace();
    await mkdir(space.path('folder'));
    await writeFile(space.path('folder', 'mark.txt'), 'a mark');
    const { out } = await space.command('show', '@folder');
    expect(out).toContain('mark.txt=a mark');
  });

  it('says what is not there', async () => {
    const space = await workspace();
    const absent = await space.command('show', '@', 'other');
    expect(absent.exitCode).toBe(2);
    expect(absent.error).toContain('other has no present result.');
    expect((await space.command('show', '@', 'othr')).error).toContain('other');
    await space.run();
    expect((await space.command('show', '@', 'other.nothing')).error).toContain(
      'Its outputs are files (files).',
    );
    expect((await space.command('show', '@')).error).toContain('Which stage of');
  });
});
