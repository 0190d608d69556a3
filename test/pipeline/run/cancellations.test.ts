import { describe, expect, it } from 'vitest';
import { requestCancellation } from '../../../pipeline/run/cancellations.js';
import { Workspace } from '../../support/workspace.js';

const file = `version: 1
name: night
stages:
  endless: { uses: command, retries: 3, with: { run: [/bin/sh, -c, 'while :; do /bin/sleep 0.05; done'] } }
  after: { uses: command, in: { files: endless }, with: { run: [/bin/sh, -c, 'echo x > {output}'], outputs: x } }
  other: { uses: command, with: { run: [/bin/sh, -c, '/bin/sleep 0.3; echo x > {output}'], outputs: x } }
`;

describe('a stage that somebody cancels while its run goes on', () => {
  it('ends, without another attempt; the others do not mind', async () => {
    const space = await Workspace.create({ 'pipeline.yaml': file });
    const going = space.run();
    let runs: string[] = [];
    while (runs.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      runs = await space.list('.pipeline/runs').catch((): string[] => []);
    }
    await requestCancellation(space.path('.pipeline', 'runs', runs[0] ?? ''), 'endless');
    const { exitCode, stages, events } = await going;
    expect(exitCode).toBe(1);
    expect(stages).toEqual({ endless: 'failed', after: 'blocked', other: 'succeeded' });
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      message: 'It was cancelled; what it had finished is kept.',
    });
  });
});
