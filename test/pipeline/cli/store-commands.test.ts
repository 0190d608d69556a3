import { chmod, link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { Store } from '../../../pipeline/store/store.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { itemCounts, Workspace } from '../../support/workspace.js';

const copies = `version: 1
name: copies
stages:
  copy: { uses: command, with: { each: 'in/*', run: [cp, '{input}', '{output}'], outputs: '{stem}.out' } }
`;
const numbers = (value: number): string =>
  `version: 1\nname: numbers\nstages:\n  one: { uses: number, with: { value: ${value} } }\n  parts: { uses: halves, in: { of: one } }\n`;
const registry = stageRegistry([...tinyStages, commandStage]);

/** The store's file with this content. */
async function blobOf(workspace: Workspace, content: string): Promise<string> {
  for (const digest of (await new Store(workspace.path('.pipeline')).blobs.list()).keys()) {
    const path = workspace.path('.pipeline/blobs', digest.slice(0, 2), digest);
    if ((await readFile(path, 'utf8')) === content) return path;
  }
  throw new Error(`No content ${content}.`);
}

async function corrupt(path: string, content: string): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, content);
}

describe('pipeline verify', () => {
  it('finds a store sound', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': copies, 'in/a': 'first', 'in/b': 'second' });
    await workspace.run();
    const { exitCode, out } = await workspace.command('verify', '@pipeline.yaml');
    expect(out).toMatch(/^3 contents \(\d+ B\) and 3 records read: all sound\.$/);
    expect(exitCode).toBe(0);
  });

  it('names what a corrupt content is part of, sets it aside, and the next run makes just that anew', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': copies, 'in/a': 'first', 'in/b': 'second' });
    await workspace.run();
    const blob = await blobOf(workspace, 'first');
    await corrupt(blob, 'fIrst');
    // As where the view is a hard link: it is the same file.
    await rm(workspace.path('out/copy/a.out'));
    await link(blob, workspace.path('out/copy/a.out'));

    const found = await workspace.command('verify', '@pipeline.yaml');
    expect(found.exitCode).toBe(1);
    expect(found.out).toContain(`corrupt: ${blob}: its content has changed`);
    expect(found.out).toContain('is copy: a.out of output files');
    expect(found.out).toContain('is an item of command: a.out');
    expect(found.out).toMatch(/unusable: the record of copy \(\w{12}\): a\.out of output files is corrupt/);
    expect(await readFile(blob, 'utf8')).toBe('fIrst');

    const repaired = await workspace.command('verify', '@pipeline.yaml', '--repair');
    expect(repaired.exitCode).toBe(1);
    expect(repaired.out).toMatch(/Moved to .*\.pipeline\/quarantine; the next run makes anew/);
    expect(await readdir(workspace.path('.pipeline/quarantine'))).toHaveLength(3);
    const { stages, events } = await workspace.run();
    expect(stages).toEqual({ copy: 'succeeded' });
    expect(itemCounts(events, 'copy')).toEqual({ made: 1, reused: 1 });
    expect(await workspace.read('out/copy/a.out')).toBe('first');
    expect((await workspace.command('verify', '@pipeline.yaml')).exitCode).toBe(0);
  });

  it('reports a record that was exchanged for another, and a content that is gone', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': copies, 'in/a': 'first', 'in/b': 'second' });
    await workspace.run();
    await rm(await blobOf(workspace, 'second'));
    const store = new Store(workspace.path('.pipeline'));
    const [first] = await store.records.keys();
    if (first === undefined) throw new Error('There is a record.');
    const text = await readFile(store.records.path(first), 'utf8');
    await writeFile(store.records.path(first), text.replace('"kind":"command"', '"kind":"comman"'));
    const { out, exitCode } = await workspace.command('verify', '@pipeline.yaml', '--json');
    expect(exitCode).toBe(1);
    const report = JSON.parse(out) as { damaged: { key: string; why: string }[] };
    expect(report.damaged.find(({ key }) => key === first)?.why).toContain('it belongs to another key');
    expect(report.damaged.map(({ why }) => why).join()).toMatch(/b\.out( of output files)? is gone/);
  });

  it('needs no pipeline file when the store is named, and says when there is none', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    const store = workspace.path('.pipeline');
    const missing = await workspace.command('verify', '--store', store);
    expect(missing.error).toMatch(/There is no store .*\.pipeline\.\n`pipeline run` makes one/);
    expect(missing.exitCode).toBe(2);
    await workspace.run();
    expect((await workspace.command('verify', '--store', store)).out).toContain('all sound');
  });
});

describe('pipeline gc and pin', () => {
  it('removes what the last runs do not need and says how much; a pin holds on', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    const pinned = await workspace.command('pin', '@pipeline.yaml', 'parts');
    expect(pinned.out).toMatch(/^Pinned parts \(\w{12}\)\.$/);
    await workspace.write('pipeline.yaml', numbers(9));
    await workspace.run();

    const dry = await workspace.command('gc', '@pipeline.yaml', '--keep-runs', '1', '--dry-run');
    expect(dry.out).toMatch(/^Would remove 1 run, 1 record, 2 contents: .*\nKept 1 run and the pins: /);
    const real = await workspace.command('gc', '@pipeline.yaml', '--keep-runs', '1');
    expect(real.out).toBe(dry.out.replace('Would remove', 'Removed'));
    await workspace.write('pipeline.yaml', numbers(7));
    expect((await workspace.run()).stages).toEqual({ one: 'succeeded', parts: 'reused' });

    expect((await workspace.command('pin', '@pipeline.yaml')).out).toMatch(/^numbers +parts +\w{12} /);
    expect((await workspace.command('unpin', '@pipeline.yaml', 'parts')).out).toMatch(/^Unpinned parts/);
    const again = await workspace.command('unpin', '@pipeline.yaml', 'parts');
    expect([again.exitCode, again.error]).toEqual([1, 'parts has no pin.']);
    expect((await workspace.command('pin', '@pipeline.yaml')).out).toBe('Nothing is pinned.');
    await workspace.write('pipeline.yaml', numbers(9));
    await workspace.run();
    await workspace.command('gc', '@pipeline.yaml', '--keep-runs', '1');
    await workspace.write('pipeline.yaml', numbers(7));
    expect((await workspace.run()).stages).toEqual({ one: 'succeeded', parts: 'succeeded' });
  });

  it('keeps what an interrupted run had finished', async () => {
    const failing = copies.replace(
      "[cp, '{input}', '{output}']",
      "[sh, -c, 'grep -v bad {input} > {output}']",
    );
    const workspace = await Workspace.create({ 'pipeline.yaml': failing, 'in/a': 'fine', 'in/b': 'bad' });
    expect((await workspace.run()).stages).toEqual({ copy: 'failed' });
    expect((await workspace.command('gc', '@pipeline.yaml', '--keep-runs', '1')).out).toContain(
      'Nothing to remove.',
    );
    await workspace.write('in/b', 'mended');
    expect(itemCounts((await workspace.run()).events, 'copy')).toEqual({ made: 1, reused: 1 });
  });

  it('says when the newest run alone is larger than asked for', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    const { out } = await workspace.command('gc', '@pipeline.yaml', '--max-size', '1KB');
    expect(out).not.toContain('need more than');
    const small = await workspace.command('gc', '@pipeline.yaml', '--max-size', '1');
    expect(small.out).toContain('The newest run and the pins alone need more than 1 B.');
    expect((await workspace.run()).stages).toEqual({ one: 'reused', parts: 'reused' });
  });

  it.each([
    [['gc', '@pipeline.yaml', '--keep-runs', '0'], /It takes a whole number from 1 on/],
    [
      ['gc', '@pipeline.yaml', '--max-size', '5 lots'],
      /It takes a size such as 500GB, 1\.5TiB or a number of bytes/,
    ],
    [['pin', '@pipeline.yaml', 'on'], /has no stage on\.\n {2}Did you mean one\?/],
    [
      ['pin', '@pipeline.yaml', 'one'],
      /one has no present result .* nothing was pinned\.\nMake it first: pipeline run one/,
    ],
    [['unpin', '@pipeline.yaml'], /Which stage\?/],
  ])('refuses %j with exit code 2 and says why', async (argv, message) => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    const { exitCode, error } = await workspace.command(...argv);
    expect(error).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('stops at a pin that cannot be read', async () => {
    const workspace = await Workspace.create({ 'pipeline.yaml': numbers(7) }, registry);
    await workspace.run();
    await workspace.write('.pipeline/pins/x.json', '{"key":');
    const { exitCode, error } = await workspace.command('gc', '@pipeline.yaml');
    expect(error).toMatch(/pins\/x\.json is no whole pin; what it kept is not known\.\nRemove the file/);
    expect(exitCode).toBe(2);
  });
});
