import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { itemCounts, Workspace } from '../../support/workspace.js';

describe('an interrupted run', () => {
  it('ends every child with all its own children, keeps what was finished and answers 130', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1
stages:
  slow:
    uses: command
    with:
      each: 'in/*'
      run: [sh, -c, 'case {stem} in b) (sleep 60 & echo $! > pid; wait);; esac; cp {input} {output}']
      outputs: '{stem}'
`,
      'in/a.txt': 'a',
      'in/b.txt': 'b',
    });
    const interruption = new AbortController();
    const running = workspace.commandUntil(interruption.signal, 'run', '@pipeline.yaml', '--json');
    const pid = Number(await eventually(() => workspace.read('pid')));
    expect(isAlive(pid)).toBe(true);
    interruption.abort(new Error('enough'));
    const { exitCode, events } = await running;
    expect(exitCode).toBe(130);
    expect(events.map(({ type }) => type)).toContain('stage-interrupted');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'interrupted' });
    await eventually(async () => (isAlive(pid) ? Promise.reject(new Error('still alive')) : 'ended'));

    const again = await workspace.run('--set', "stages.slow.with.run.2='cp {input} {output}'");
    expect(again.exitCode).toBe(0);
  });

  it('does not make an item again that was finished before', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': `version: 1
stages:
  slow:
    uses: command
    with: { each: 'in/*', run: [sh, -c, 'test {stem} = a || test -f go || sleep 60; echo {stem} >> made; cp {input} {output}'], outputs: '{stem}' }
`,
      'in/a.txt': 'a',
      'in/b.txt': 'b',
    });
    const interruption = new AbortController();
    const running = workspace.commandUntil(
      interruption.signal,
      'run',
      '@pipeline.yaml',
      '--json',
      '--jobs',
      '1',
    );
    await eventually(() => workspace.read('made'));
    await setTimeout(200);
    interruption.abort(new Error('enough'));
    await running;
    await workspace.write('go', '');
    const { events } = await workspace.run();
    expect(itemCounts(events, 'slow')).toEqual({ made: 1, reused: 1 });
    expect(await workspace.read('made')).toBe('a\nb\n');
  });
});

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const value = await attempt();
      if (value !== '') return value;
    } catch (error) {
      if (tries > 400) throw error;
    }
    await setTimeout(25);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
