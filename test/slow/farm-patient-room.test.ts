import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import fastGlob from 'fast-glob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import type { RunEvent } from '../../pipeline/events/event.js';
import { startAzurite } from '../support/bucket-servers.js';
import { TestCluster, until } from '../support/slurm-cluster.js';

const cacheUrl = 'azblob://devstoreaccount1/results/patient-room';
const small = ['--set', 'vars.frames=16', '--set', 'vars.samples=1'];
const program = join(productRoot(), 'dist/stages/main.js');

let cluster: TestCluster;
let folder: string;
let closeAzurite: () => Promise<void>;
/** The artifacts of the local run, which the others are to end with. */
let expected: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-farm-room-'));
  cluster = await TestCluster.up();
  ({ close: closeAzurite } = await startAzurite('results'));
  expected = digestsOf(await runHere(await workspace('local'), '--no-cache'));
  expect(Object.keys(expected).sort()).toEqual(['boxes.dataset', 'frames.frames']);
});
afterAll(async () => {
  await cluster.down();
  await closeAzurite();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of the starter, with a store of its own. */
async function workspace(name: string): Promise<string> {
  const path = join(folder, name);
  const template = join(productRoot(), 'templates/patient-room');
  const filter = (from: string): boolean => !['.pipeline', 'out', '__pycache__'].includes(basename(from));
  await cp(template, path, { recursive: true, filter });
  return path;
}

async function runHere(path: string, ...more: readonly string[]): Promise<readonly RunEvent[]> {
  const { stdout } = await execa(process.execPath, [program, 'run', path, '--json', ...small, ...more]);
  return stdout.split('\n').map((line) => JSON.parse(line) as RunEvent);
}

function digestsOf(events: readonly RunEvent[]): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const event of events)
    if (event.type === 'stage-succeeded' || event.type === 'stage-reused')
      for (const [output, { digest }] of Object.entries(event.outputs))
        digests[`${event.stage}.${output}`] = digest;
  return digests;
}

it('on two nodes, one of which dies in the middle, makes what a run on one machine makes', async () => {
  const path = await workspace('farm');
  const cache = ['--cache', cacheUrl, '--cache-mode', 'read-write'];
  const run = cluster.run(path, ...small, ...cache);
  await until('frames are made, and more on n1', async () => {
    const results = await fastGlob('.pipeline/work/*/farm/*/*/result.json', { cwd: path, dot: true });
    const running = await cluster.command('squeue', '-h', '-w', 'n1', '-t', 'R');
    return results.length >= 3 && running !== '';
  });
  await cluster.killNode('n1');
  try {
    const { exitCode, events } = await run.ended;
    expect(exitCode).toBe(0);
    const warnings = events.flatMap((event) => (event.type === 'stage-warning' ? [event.message] : []));
    expect(warnings.join('\n')).toMatch(/of frames on n1 .*of its items go out again/);
    expect(events.filter(({ type }) => type === 'item-failed' || type === 'cache-trouble')).toEqual([]);
    expect(digestsOf(events)).toEqual(expected);
  } finally {
    await cluster.startNode('n1');
  }
});

it('a second workspace with an empty store takes it all from the cache, and renders nothing', async () => {
  const events = await runHere(await workspace('second'), '--cache', cacheUrl);
  expect(digestsOf(events)).toEqual(expected);
  const types = new Set(events.map(({ type }) => type));
  expect(types).toContain('stage-reused');
  for (const type of ['stage-started', 'stage-succeeded', 'cache-trouble'] as const)
    expect(types).not.toContain(type);
});
