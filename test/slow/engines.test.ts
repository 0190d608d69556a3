import { execa } from 'execa';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import type { RunEvent } from '../../pipeline/events/event.js';
import { engineNames } from '../../pipeline/file/submit-schema.js';
import { engineShims } from '../support/engine-shims.js';
import { Workspace } from '../support/workspace.js';

const program = join(productRoot(), 'dist/stages/main.js');
const values = '{ manager: "http://manager:8080", image: darkroom, claim: farm, mount: /mnt/farm }';

describe.each(engineNames)('%s', (engine) => {
  it('makes every item, and keeps what its jobs printed', async () => {
    const { shims, path, close } = await engineShims(engine);
    onTestFinished(close);
    const workspace = await Workspace.create({
      'in/a': 'a',
      'in/b': 'b',
      'pipeline.yaml': `version: 1
submit: { engine: ${engine}, values: ${values} }
stages:
  copies:
    uses: command
    with: { each: in/*, outputs: '{stem}', run: [sh, -c, 'echo made {stem}; cp {input} {output}'] }
    resources: { memoryMb: 500 }
    slurm: { time: 10m }
`,
    });
    const { stdout } = await execa(
      process.execPath,
      [program, 'run', workspace.directory, '--executor', 'submit', '--json'],
      { env: { PATH: path, DARKROOM_FARM_POLL: '500ms', DARKROOM_FARM_GRACE: '2s' } },
    );
    expect(await workspace.list('out/copies')).toEqual(['a', 'b']);
    const events = stdout.split('\n').map((line) => JSON.parse(line) as RunEvent);
    const lines = events.flatMap((event) => (event.type === 'stage-log' ? [event.line] : []));
    expect(lines).toEqual(expect.arrayContaining(['made a', 'made b']));
    expect(events.filter(({ type }) => type === 'stage-warning')).toEqual([]);
    const submissions = (await shims.calls()).filter((call) =>
      /^(bsub|qsub|curl|cuecmd|kubectl create)/.test(call),
    );
    expect(submissions).toHaveLength(2);
  });
});
