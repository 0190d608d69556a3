import { describe, expect, it, vi } from 'vitest';
import { itemCounts, Workspace } from '../../support/workspace.js';

vi.setConfig({ testTimeout: 30_000 });

const file = (stages: string): Record<string, string> => ({
  'pipeline.yaml': `version: 1\nstages:\n${stages}`,
  'in/a.txt': 'a',
  'in/b.txt': 'b',
  'in/c.txt': 'c',
});
const each = (script: string, more = ''): string =>
  `  c: { uses: command, with: { each: in/*, run: [sh, -c, '${script}'], outputs: '{stem}' }${more} }\n`;

describe('a time limit', () => {
  it('ends the stage with all its children, names the stage and the limit, and keeps what was finished', async () => {
    const script = 'echo working on {stem}; test {stem} = b && sleep 60; cp {input} {output}';
    const workspace = await Workspace.create(file(each(script, ', timeout: 1500ms')));
    const { exitCode, events } = await workspace.run('--jobs', '1');
    expect(exitCode).toBe(1);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      message: 'c did not end within its timeout of 1500ms.',
      details: ['working on a', 'working on b'],
    });
    const again = await workspace.run(
      '--set',
      'stages.c.timeout=1m',
      '--set',
      'stages.c.with.run.2="cp {input} {output}"',
    );
    expect(again.exitCode).toBe(0);
    const finished = await workspace.run('--jobs', '1');
    expect(itemCounts(finished.events, 'c')).toEqual({ made: 2, reused: 1 });
  });
});

describe('retries', () => {
  it('make only the items that failed, further and further apart', async () => {
    const script =
      'echo {stem} >> made; test {stem} != b || test $(grep -c b made) = 3 || exit 1; cp {input} {output}';
    const workspace = await Workspace.create(file(each(script, ', retries: { count: 3, backoff: 20ms }')));
    const { exitCode, events, stages } = await workspace.run();
    expect(exitCode).toBe(0);
    expect(stages).toEqual({ c: 'succeeded' });
    expect((await workspace.read('made')).trim().split('\n').sort()).toEqual(['a', 'b', 'b', 'b', 'c']);
    expect(events.filter(({ type }) => type === 'stage-retried')).toMatchObject([
      { attempt: 2, attempts: 4, waitMs: 20, message: '1 of 3 items of c failed; the others are kept.' },
      { attempt: 3, attempts: 4, waitMs: 40 },
    ]);
    expect(itemCounts(events, 'c')).toEqual({ made: 3, reused: 0 });
  });

  it('come to an end, and the failure names the log', async () => {
    const workspace = await Workspace.create(
      file(each('echo no; exit 1', ', retries: 1').replace(' } }', ' } }')),
    );
    const { exitCode, events } = await workspace.run();
    expect(exitCode).toBe(1);
    expect(events.filter(({ type }) => type === 'stage-retried')).toHaveLength(1);
    const failed = events.find((event) => event.type === 'stage-failed');
    expect(failed?.logFile).toMatch(/\.pipeline\/runs\/.*\/logs\/c\.log$/);
    const plain = await workspace.command('run', '@pipeline.yaml', '--set', 'stages.c.retries=0');
    const [, log = ''] = /The whole log: (.*)/.exec(plain.out) ?? [];
    expect(await workspace.read(log.slice(workspace.directory.length + 1))).toBe('no\nno\nno\n');
  });
});

describe('after a failure', () => {
  const stages = (policy: string): Record<string, string> => ({
    'pipeline.yaml': `version: 1
stages:
  broken: { uses: command, with: { run: [sh, -c, 'exit 1'], outputs: x }${policy} }
  slow: { uses: command, with: { run: [sh, -c, 'sleep 0.5; echo > {output}'], outputs: x } }
  needs-broken: { uses: command, in: { files: broken }, with: { run: [cp, '{input}/x', '{output}'], outputs: x } }
  needs-slow: { uses: command, in: { files: slow }, with: { run: [cp, '{input}/x', '{output}'], outputs: x } }
`,
  });
  const stopped = { broken: 'failed', slow: 'succeeded', 'needs-broken': 'blocked', 'needs-slow': 'blocked' };
  const wentOn = { ...stopped, 'needs-slow': 'succeeded' };

  it('nothing new starts, unless the stage or the run says so', async () => {
    for (const [policy, flags, expected] of [
      ['', [], stopped],
      [', onFailure: continue', [], wentOn],
      ['', ['--keep-going'], wentOn],
    ] as const) {
      const workspace = await Workspace.create(stages(policy));
      const run = await workspace.run(...flags);
      expect(run.stages).toEqual(expected);
      expect(run.exitCode).toBe(1);
    }
  });
});

describe('a mistake in a policy', () => {
  it.each([
    [
      'timeout: 30',
      'stages.c.timeout: a length of time is a number with ms, s, m, h or d, as in 30s, 10m or 1.5h',
    ],
    ['timeout: 3 weeks', 'stages.c.timeout: a length of time is a number with'],
    ['timeout: 0s', 'stages.c.timeout: a length of time is more than nothing'],
    ['retries: often', 'stages.c.retries: it takes a whole number from 0 on, or { count, backoff }'],
    ['retries: { count: 1, backoff: soon }', 'stages.c.retries.backoff: a length of time is a number'],
    ['onFailure: ignore', 'It takes one of: stop, continue.'],
    ['resources: { cpu: 0 }', 'stages.c.resources.cpu: it takes a whole number from 1 on'],
    ['resources: { gpus: 1 }', 'Did you mean gpu?'],
  ])('%s is refused before anything runs', async (entry, message) => {
    const workspace = await Workspace.create(file(each('cp {input} {output}', `, ${entry}`)));
    const { exitCode, error } = await workspace.command('run', '@pipeline.yaml');
    expect(error).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('none of it makes anything run again', async () => {
    const workspace = await Workspace.create(file(each('cp {input} {output}')));
    await workspace.run();
    await workspace.write(
      'pipeline.yaml',
      file(
        each(
          'cp {input} {output}',
          ', timeout: 1h, retries: 2, onFailure: continue, resources: { memoryMb: 10 }',
        ),
      )['pipeline.yaml'] ?? '',
    );
    expect((await workspace.run()).stages).toEqual({ c: 'reused' });
  });
});
