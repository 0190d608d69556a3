import { mkdir, rename } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace } from '../../support/workspace.js';
import { runCommandLine } from '../../../pipeline/cli/main.js';

const copies = (program = 'cp {input} {output}'): string =>
  `version: 1\nstages:\n  c: { uses: command, with: { each: 'in/*.txt', run: [sh, -c, '${program}'], outputs: '{stem}' } }\n`;

/** A watch that goes on beside the test, and what it has printed so far. */
class Watch {
  readonly out: string[] = [];
  readonly error: string[] = [];
  readonly #interruption = new AbortController();
  readonly #ended: Promise<number>;

  constructor(workspace: Workspace, ...argv: readonly string[]) {
    const { stages } = workspace;
    this.#ended = runCommandLine(
      ['watch', workspace.path('pipeline.yaml'), ...argv],
      {
        version: '0',
        stages,
        modules: { zod: () => import('zod') },
        healthChecks: async () => [],
        templatesDirectory: '',
      },
      { out: (line) => void this.out.push(line), error: (line) => void this.error.push(line) },
      this.#interruption.signal,
    );
    onTestFinished(async () => void (await this.end()));
  }

  end(): Promise<number> {
    this.#interruption.abort(new Error('enough'));
    return this.#ended;
  }

  /** How often it has come to rest. */
  get rests(): number {
    return this.out.filter((line) => line.startsWith('Watching')).length;
  }

  async untilRest(number: number): Promise<void> {
    await eventually(
      () => this.rests >= number,
      () => [...this.out, ...this.error].join('\n'),
    );
  }
}

async function eventually(holds: () => boolean | Promise<boolean>, describeNow = () => ''): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error(`It did not come to that:\n${describeNow()}`);
    await setTimeout(25);
  }
}

describe('pipeline watch', () => {
  it('runs at once, and again for a source that changes, comes or is replaced, until Ctrl-C', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': copies(), 'in/a.txt': 'a' });
    const watch = new Watch(workspace);
    await watch.untilRest(1);
    expect(await workspace.read('out/c/a')).toBe('a');
    await workspace.write('in/a.txt', 'changed');
    await watch.untilRest(2);
    expect(await workspace.read('out/c/a')).toBe('changed');
    await workspace.write('in/b.txt', 'b');
    await watch.untilRest(3);
    expect(await workspace.list('out/c')).toEqual(['a', 'b']);
    await workspace.write('in/.saved', 'replaced');
    await rename(workspace.path('in/.saved'), workspace.path('in/a.txt'));
    await watch.untilRest(4);
    expect(await workspace.read('out/c/a')).toBe('replaced');
    expect(watch.out.join('\n')).toMatch(/Changed: .*in\/b\.txt\n/);
    expect(await watch.end()).toBe(130);
  });

  it('shows mistakes in the file and takes it up again when they are mended', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': copies().replace('command', 'comand'),
      'in/a.txt': 'a',
    });
    const watch = new Watch(workspace);
    await watch.untilRest(1);
    expect(watch.error.join('\n')).toMatch(/There is no stage kind comand\.[^]*Did you mean command\?/);
    await workspace.write('pipeline.yaml', copies());
    await watch.untilRest(2);
    expect(await workspace.read('out/c/a')).toBe('a');
    await workspace.write('pipeline.yaml', 'stages: [');
    await watch.untilRest(3);
    expect(watch.error.join('\n')).toContain('pipeline.yaml:1:');
    expect(await watch.end()).toBe(130);
  });

  it("runs again when the code of one of the user's stages has changed, or what it imports", async () => {
    const stage = `import { text } from './text.js';
export default {
  kind: 'own', mode: 'whole', summary: 's', revision: 1, inputs: {}, outputs: { o: { type: 'text', description: 'o' } },
  params: (await import('zod')).z.strictObject({}), seeded: () => false,
  run: async ({ output }) => output('o').write('o', text),
};
`;
    const workspace = await Workspace.create({
      'pipeline.yaml': 'version: 1\nstages:\n  c: { uses: ./own.ts }\n',
      'own.ts': 'export default',
      'text.ts': "export const text: string = 'one';\n",
    });
    const watch = new Watch(workspace);
    await watch.untilRest(1);
    expect(watch.error.join('\n')).toContain('own.ts cannot be loaded');
    await workspace.write('own.ts', stage);
    await watch.untilRest(2);
    expect(await workspace.read('out/c/o')).toBe('one');
    await workspace.write('text.ts', "export const text: string = 'two';\n");
    await watch.untilRest(3);
    expect(await workspace.read('out/c/o')).toBe('two');
  });

  it('waits for a source that is missing, with its folder, and goes on after a stage that failed', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': copies('grep -q good {input} && cp {input} {output}'),
    });
    const watch = new Watch(workspace);
    await watch.untilRest(1);
    expect(watch.error.join('\n')).toContain('No file matches in/*.txt.');
    await mkdir(workspace.path('in'));
    await workspace.write('in/a.txt', 'bad');
    await eventually(() => watch.out.some((line) => line.includes('x c failed')));
    await workspace.write('in/a.txt', 'good');
    await eventually(async () =>
      workspace.read('out/c/a').then(
        (text) => text === 'good',
        () => false,
      ),
    );
    expect(await watch.end()).toBe(130);
  });

  it('lets a run go on when something changes meanwhile, and runs again afterwards', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': copies(
        'echo {stem} >> begun; until test -f go; do sleep .02; done; cp {input} {output}; echo >> ended',
      ),
      'in/a.txt': 'a',
    });
    const watch = new Watch(workspace);
    await eventually(() =>
      workspace.read('begun').then(
        () => true,
        () => false,
      ),
    );
    await workspace.write('in/b.txt', 'b');
    await setTimeout(400);
    expect(watch.rests).toBe(0);
    await workspace.write('go', '');
    await watch.untilRest(2);
    expect(await workspace.list('out/c')).toEqual(['a', 'b']);
    expect(await workspace.read('begun')).toBe('a\nb\n');
    expect(await workspace.read('ended')).toBe('\n\n');
  });

  it('ends what runs on Ctrl-C with exit code 130', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': copies('echo > begun; sleep 60'),
      'in/a.txt': 'a',
    });
    const watch = new Watch(workspace);
    await eventually(() =>
      workspace.read('begun').then(
        () => true,
        () => false,
      ),
    );
    expect(await watch.end()).toBe(130);
    expect(watch.rests).toBe(0);
  });

  it('does not run for what its own runs write, nor for files that no stage reads', async () => {
    const workspace = await Workspace.create({
      'pipeline.yaml': copies().replace('in/*.txt', '**/*.txt').replace('{stem}', '{stem}.txt'),
      'in/a.txt': 'a',
    });
    const watch = new Watch(workspace);
    await watch.untilRest(1);
    await workspace.write('in/notes.md', 'nothing');
    await setTimeout(600);
    expect(watch.rests).toBe(1);
    expect(await workspace.list('.pipeline/runs')).toHaveLength(1);
  });

  it('refuses a file that is not there, and bad options, with exit code 2', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': copies() });
    expect(await workspace.command('watch', '@missing.yaml')).toMatchObject({ exitCode: 2 });
    const { exitCode, error } = await workspace.command('watch', '@pipeline.yaml', '--jobs', 'many');
    expect(error).toMatch(/It takes a whole number from 1 on/);
    expect(exitCode).toBe(2);
  });
});
