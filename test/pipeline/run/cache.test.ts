import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { commandStage } from '../../../stages/command/stage.js';
import { tinyStages } from '../../support/tiny-stages.js';
import { Workspace } from '../../support/workspace.js';

const registry = stageRegistry([...tinyStages, commandStage]);
const numbers = (url: string, more = ''): string => `version: 1
cache: { url: '${url}', mode: read-write }
stages:
  seven: { uses: number, with: { value: 7 } }
  parts: { uses: halves, in: { of: seven } }
${more}`;
const copies = (url: string): string => `version: 1
cache: { url: '${url}', mode: read-write }
stages:
  c: { uses: command, with: { each: in/*, run: [cp, '{input}', '{output}'], outputs: '{stem}' } }
`;

async function cacheFolder(): Promise<{ readonly folder: string; readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-cache-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, url: pathToFileURL(folder).href };
}

/** Puts other bytes in the place of all objects below a folder. */
async function damage(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    await chmod(path, 0o644);
    await writeFile(path, 'X');
  }
}

describe('a cache', () => {
  it('gives a second workspace all results, and the files of those at the end alone', async () => {
    const { url } = await cacheFolder();
    await (await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry)).run();
    const second = await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry);
    expect((await second.run()).stages).toEqual({ seven: 'reused', parts: 'reused' });
    expect(await second.list('out')).toEqual(['parts']);
    expect(await second.read('out/parts/low/n')).toBe('3');
  });

  it('brings the files that a stage takes which has to run', async () => {
    const { url } = await cacheFolder();
    await (await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry)).run();
    const more = '  total: { uses: sum, in: { numbers: [seven, parts.high] } }\n';
    const second = await Workspace.create({ 'pipeline.yaml': numbers(url, more) }, registry);
    expect((await second.run()).stages).toEqual({ seven: 'reused', parts: 'reused', total: 'succeeded' });
    expect(await second.read('out/total/sum.txt')).toBe('11');
  });

  it('gives the items that another stage has in common', async () => {
    const { url } = await cacheFolder();
    const first = await Workspace.create(
      { 'pipeline.yaml': copies(url), 'in/a': 'a', 'in/b': 'b' },
      registry,
    );
    await first.run();
    const files = { 'pipeline.yaml': copies(url), 'in/a': 'a', 'in/b': 'b', 'in/d': 'd' };
    const { events } = await (await Workspace.create(files, registry)).run();
    expect(events).toContainEqual(expect.objectContaining({ type: 'stage-items', total: 3, reused: 2 }));
  });

  it('makes what is damaged there, warns, and does not fail', async () => {
    for (const part of ['blobs', 'actions']) {
      const { folder, url } = await cacheFolder();
      await (await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry)).run();
      await damage(join(folder, part));
      const second = await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry);
      const { exitCode, events } = await second.run();
      expect(exitCode).toBe(0);
      expect(events.map(({ type }) => type)).toContain('cache-trouble');
      expect(await second.read('out/parts/low/n')).toBe('3');
    }
  });

  it('is left alone with --no-cache', async () => {
    const { url } = await cacheFolder();
    await (await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry)).run();
    const second = await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry);
    expect((await second.run('--no-cache')).stages).toEqual({ seven: 'succeeded', parts: 'succeeded' });
  });

  it('is filled by push, and pull brings everything', async () => {
    const { url } = await cacheFolder();
    const first = await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry);
    await first.run('--no-cache');
    expect((await first.command('cache', 'push', '@pipeline.yaml')).out).toContain('+ seven  sent');
    expect((await first.command('cache', 'push', '@pipeline.yaml')).out).toContain('= seven  is there');
    const second = await Workspace.create({ 'pipeline.yaml': numbers(url) }, registry);
    expect((await second.command('cache', 'pull', '@pipeline.yaml')).out).toContain('+ seven  fetched');
    expect((await second.run('--no-cache')).stages).toEqual({ seven: 'reused', parts: 'reused' });
    expect((await second.command('cache', 'stats', '@pipeline.yaml')).out).toMatch(/stages\s+2/);
  });

  it('is refused at its place in the file when its URL is wrong', async () => {
    const { exitCode, error } = await (
      await Workspace.create({ 'pipeline.yaml': numbers('ftp://host/x') }, registry)
    ).run();
    expect(exitCode).toBe(2);
    expect(error).toMatch(/pipeline\.yaml:2:.*ftp:\/\/host\/x is no URL/s);
  });
});
