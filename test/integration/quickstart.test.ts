import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import type { RunEvent } from '../../pipeline/events/event.js';

const program = join(productRoot(), 'dist/stages/main.js');

/** The quickstart with few frames and epochs: every stage for real, nothing learnt. */
const small = {
  'vars.frames': '10',
  'stages.ward.with.frames': '6',
  'stages.home.with.resolution': '[160, 160]',
  'stages.ward.with.resolution': '[160, 160]',
  'stages.home.with.engine.samples': '4',
  'stages.ward.with.engine.samples': '4',
  'stages.home-sets.with': '{ validation: 2, test: 3 }',
  'stages.ward-sets.with': '{ validation: 1, test: 2 }',
  'stages.anchors.with': '{ count: 6, inputSize: [96, 96] }',
  'stages.detector.with.inputSize': '[96, 96]',
  'stages.detector.with.epochs': '3',
};

interface Ran {
  readonly exitCode: number | null;
  readonly events: readonly RunEvent[];
}

/** Runs the copy of the quickstart; `killWhen` sees each event and says when to SIGKILL. */
async function run(
  folder: string,
  settings: Readonly<Record<string, string>>,
  killWhen: (event: RunEvent) => boolean = () => false,
): Promise<Ran> {
  const set = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  const child = spawn(process.execPath, [program, 'run', folder, '--json', ...set], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const events: RunEvent[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as RunEvent;
    events.push(event);
    if (killWhen(event)) child.kill('SIGKILL');
  }
  return { exitCode: await exited, events };
}

function items(ran: Ran, stage: string): { total: number; reused: number } | undefined {
  const event = ran.events.find((each) => each.type === 'stage-items' && each.stage === stage);
  return event?.type === 'stage-items' ? { total: event.total, reused: event.reused } : undefined;
}

function endings(ran: Ran): Record<string, string> {
  const ended = ran.events.filter((event) => /^stage-(reused|succeeded|failed|blocked)$/.test(event.type));
  return Object.fromEntries(ended.map((event) => ['stage' in event ? event.stage : '', event.type]));
}

describe('the quickstart, made small', () => {
  let folder: string;
  let killedWhileRendering: Ran;
  let killedWhileTraining: Ran;
  let finished: Ran;
  const progress = (event: RunEvent, stage: string, done: number): boolean =>
    event.type === 'stage-progress' && event.stage === stage && event.done >= done;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-quickstart-'));
    const template = join(productRoot(), 'templates/quickstart');
    const left = new Set(['.pipeline', 'out', '__pycache__'].map((name) => join(template, name)));
    await cp(template, folder, { recursive: true, filter: (path) => !left.has(path) });
    killedWhileRendering = await run(folder, small, (event) => progress(event, 'home', 3));
    killedWhileTraining = await run(folder, small, (event) => progress(event, 'detector', 3));
    finished = await run(folder, small);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('goes on after a SIGKILL while it renders, without rendering a finished frame again', () => {
    expect(killedWhileRendering.exitCode).toBeNull();
    expect(items(killedWhileRendering, 'home')).toEqual({ total: 10, reused: 0 });
    expect(items(killedWhileTraining, 'home')?.reused).toBeGreaterThanOrEqual(3);
  });

  it('goes on after a SIGKILL while it trains, from the last finished epoch', () => {
    expect(killedWhileTraining.exitCode).toBeNull();
    const steps = finished.events.flatMap((event) =>
      event.type === 'stage-progress' && event.stage === 'detector' ? [event.done] : [],
    );
    expect(steps.length).toBeGreaterThan(0);
    expect(Math.min(...steps)).toBeGreaterThan(1);
    expect(endings(finished)['home']).toBe('stage-reused');
  });

  it('ends with figures, pictures and a page', async () => {
    expect(finished.exitCode).toBe(0);
    const scores = JSON.parse(await readFile(join(folder, 'out/score/scores.json'), 'utf8')) as {
      stats: Record<string, number>;
    };
    expect(Object.keys(scores.stats)).toHaveLength(12);
    expect(await readdir(join(folder, 'out/detector'))).toEqual(
      expect.arrayContaining(['detector.json', 'model.cfg', 'model.weights']),
    );
    const runs = (await readdir(join(folder, '.pipeline/runs'))).sort();
    const page = await readFile(join(folder, '.pipeline/runs', runs.at(-1) ?? '', 'report.html'), 'utf8');
    for (const wanted of ['AP50', 'detector', 'Precision', '<img']) expect(page).toContain(wanted);
    for (const [, src = ''] of page.matchAll(/<img[^>]*src="([^"]+)"/g))
      await expect(readFile(join(folder, '.pipeline/runs', runs.at(-1) ?? '', src))).resolves.toBeTruthy();
  });

  it('runs nothing the second time', async () => {
    const again = await run(folder, small);
    expect(again.exitCode).toBe(0);
    expect(new Set(Object.values(endings(again)))).toEqual(new Set(['stage-reused']));
  });

  it('renders only the frames that are new', async () => {
    const more = await run(
      folder,
      { ...small, 'vars.frames': '12' },
      (event) => event.type === 'stage-started' && event.stage === 'detector',
    );
    expect(items(more, 'home')).toEqual({ total: 12, reused: 10 });
    expect(endings(more)['ward']).toBe('stage-reused');
  });
});
