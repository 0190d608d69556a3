import { chmod } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { itemCounts, Workspace } from '../../support/workspace.js';

vi.setConfig({ testTimeout: 30_000 });

const upper = `version: 1
stages:
  upper:
    uses: command
    with: { each: './in/*.txt', run: [sh, -c, 'tr a-z A-Z < {input} > {output}'], outputs: '{stem}.out' }
`;

describe('the command stage', () => {
  it('runs the program once for each file and shows the outputs', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': upper,
      'in/a.txt': 'one',
      'in/b.txt': 'two',
    });
    const { exitCode } = await workspace.run();
    expect(exitCode).toBe(0);
    expect(await workspace.list('out/upper')).toEqual(['a.out', 'b.out']);
    expect(await workspace.read('out/upper/b.out')).toBe('TWO');
  });

  it('runs again only for the file that changed', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': upper,
      'in/a.txt': 'one',
      'in/b.txt': 'two',
    });
    await workspace.run();
    await workspace.write('in/b.txt', 'three');
    const { events } = await workspace.run();
    expect(itemCounts(events, 'upper')).toEqual({ made: 1, reused: 1 });
    expect(await workspace.read('out/upper/b.out')).toBe('THREE');
  });

  it('feeds another stage its files, as items or as a folder', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `${upper}  doubled:
    uses: command
    in: { files: upper }
    with: { each: '*.out', run: [sh, -c, 'cat {input} {input} > {output}'], outputs: 'twice/{stem}.txt' }
  joined:
    uses: command
    in: { files: doubled }
    with: { run: [sh, -c, 'cat {input}/twice/*.txt > {out}/all.txt'] }
`,
      'in/a.txt': 'one',
      'in/b.txt': 'two',
    });
    expect((await workspace.run()).exitCode).toBe(0);
    expect(await workspace.read('out/joined/all.txt')).toBe('ONEONETWOTWO');
  });

  it('keeps what was finished when an item fails, and says what the program printed', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1
stages:
  check:
    uses: command
    with: { each: 'in/*.txt', run: [sh, -c, 'grep -q good {input} || { echo "bad content" >&2; exit 7; }; cp {input} {output}'], outputs: '{stem}.out' }
`,
      'in/a.txt': 'good',
      'in/b.txt': 'evil',
    });
    const first = await workspace.run();
    expect(first.exitCode).toBe(1);
    expect(first.stages).toEqual({ check: 'failed' });
    const failure = first.events.find((event) => event.type === 'stage-failed');
    expect(failure?.message).toBe('1 of 2 items of check failed; the others are kept.');
    expect(failure?.details.join('\n')).toMatch(/b\.txt: .*sh failed with exit code 7\nbad content/);

    await workspace.write('in/b.txt', 'good too');
    const second = await workspace.run();
    expect(second.exitCode).toBe(0);
    expect(itemCounts(second.events, 'check')).toEqual({ made: 1, reused: 1 });
  });

  it('passes declared variables only, and runs again when one of them changes', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1
stages:
  print: { uses: command, with: { run: [sh, -c, 'echo "[$DARKROOM_A][$DARKROOM_B]" > {output}'], outputs: env.txt, env: [DARKROOM_A] } }
`,
    });
    process.env['DARKROOM_A'] = 'seen';
    process.env['DARKROOM_B'] = 'unseen';
    await workspace.run();
    expect(await workspace.read('out/print/env.txt')).toBe('[seen][]\n');
    process.env['DARKROOM_B'] = 'still unseen';
    expect((await workspace.run()).stages).toEqual({ print: 'reused' });
    process.env['DARKROOM_A'] = 'new';
    expect((await workspace.run()).stages).toEqual({ print: 'succeeded' });
    expect(await workspace.read('out/print/env.txt')).toBe('[new][]\n');
  });

  it('runs again when a program of its own changes, and only for another seed when it uses the seed', async () => {
    const file = (seed: number): string => `version: 1
seed: ${seed}
stages:
  own: { uses: command, with: { run: [./tool.sh, '{output}'], outputs: o.txt } }
  dice: { uses: command, with: { run: [sh, -c, 'echo {seed} > {output}'], outputs: d.txt } }
`;
    const workspace = await Workspace.create({
      'pipeline.yaml': file(1),
      'tool.sh': '#!/bin/sh\necho 1 > "$1"\n',
    });
    await chmod(workspace.path('tool.sh'), 0o755);
    await workspace.run();
    const dice = await workspace.read('out/dice/d.txt');
    await workspace.write('pipeline.yaml', file(2));
    expect((await workspace.run()).stages).toEqual({ own: 'reused', dice: 'succeeded' });
    expect(await workspace.read('out/dice/d.txt')).not.toBe(dice);
    await workspace.write('tool.sh', '#!/bin/sh\necho 2 > "$1"\n');
    expect((await workspace.run()).stages).toEqual({ own: 'succeeded', dice: 'reused' });
    expect(await workspace.read('out/own/o.txt')).toBe('2\n');
  });

  it.each([
    ["{ each: 'in/*.txt', run: ['true'], outputs: same.out }", /every item would write the same file/],
    ["{ run: [sh, -c, 'echo > {output}'] }", /run uses \{output\}/],
    ['{ run: [] }', /run: .*1/],
  ])('refuses %s before anything runs', async (params, message) => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1\nstages:\n  s: { uses: command, with: ${params} }\n`,
      'in/a.txt': '',
    });
    const { exitCode, error } = await workspace.run();
    expect(exitCode).toBe(2);
    expect(error).toMatch(message);
  });

  it.each([
    ['{ run: [no-such-program-here], outputs: a }', /there is no program no-such-program-here/],
    ["{ run: ['true'], outputs: a }", /did not write a/],
    ["{ run: [sh, -c, 'kill -9 $$'], outputs: a }", /was ended by SIGKILL/],
  ])('says clearly what went wrong with %s', async (params, message) => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1\nstages:\n  s: { uses: command, with: ${params} }\n`,
    });
    const { exitCode, events } = await workspace.run();
    expect(exitCode).toBe(1);
    const failed = events.find((event) => event.type === 'stage-failed');
    expect([failed?.message, ...(failed?.details ?? [])].join('\n')).toMatch(message);
  });
});
