import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { UntimedEvent } from '../../../pipeline/events/event.js';
import { localExecutor } from '../../../pipeline/executors/local.js';
import { parsePipelineFile } from '../../../pipeline/file/parse.js';
import { planPipeline } from '../../../pipeline/plan/plan.js';
import { localHost } from '../../../pipeline/run/host.js';
import { Locks } from '../../../pipeline/run/lock.js';
import { runPlan } from '../../../pipeline/run/scheduler.js';
import type { BatchContext, Item, StageContext } from '../../../pipeline/stage/context.js';
import { defineMapStage, defineStage, type StageKind } from '../../../pipeline/stage/definition.js';
import { stageRegistry } from '../../../pipeline/stage/registry.js';
import { Store } from '../../../pipeline/store/store.js';
import { Workspace } from '../../support/workspace.js';

const base = {
  summary: '',
  revision: 1,
  params: z.strictObject({}),
  inputs: {},
  outputs: { files: { type: 'files', description: 'Files' } },
  seeded: () => false,
};
const whole = (kind: string, run: (context: StageContext<unknown>) => Promise<void>): StageKind =>
  defineStage<unknown>({ ...base, kind, run });

/** Runs stages `a`, of the kind `deaf`, and so on, with a grace time that a test can wait for. */
async function runOf(
  kinds: readonly StageKind[],
  stages: string,
  signal: AbortSignal = new AbortController().signal,
  workspace?: Workspace,
): Promise<{ outcome: string; events: UntimedEvent[]; workspace: Workspace; tookMs: number }> {
  const folder = workspace ?? (await Workspace.create({}));
  const file = parsePipelineFile(`version: 1\nstages:\n${stages}`, folder.path('pipeline.yaml'));
  const plan = file.ok ? planPipeline(file.value, stageRegistry(kinds)) : file;
  if (!plan.ok) throw new Error(plan.error.map(({ message }) => message).join('\n'));
  const store = new Store(folder.path('.pipeline'));
  const here = await store.presence.announce('run', `r${Math.floor(performance.now() * 1000)}`);
  const locks = await Locks.open(store, here);
  onTestFinished(async () => {
    await locks.close();
    await here.leave();
  });
  const events: UntimedEvent[] = [];
  const began = performance.now();
  const outcome = await runPlan(plan.value, {
    store,
    executor: localExecutor({ cpu: 2, memoryMb: 100, gpus: [] }, 2),
    locks,
    runDirectory: store.runDirectory('r'),
    keepGoing: true,
    host: localHost(folder.directory, store, signal),
    viewDirectory: folder.path('out'),
    signal,
    graceMs: 200,
    emit: (event) => void events.push(event),
  });
  return { outcome, events, workspace: folder, tookMs: performance.now() - began };
}

describe('a stage whose code does not heed that it is told to end', () => {
  it('fails at its time limit all the same, clearly, and takes the run with it', async () => {
    const end = new AbortController();
    const deaf = whole('deaf', () => setTimeout(60_000, undefined, { signal: end.signal }));
    const polite = whole('polite', ({ signal }) => setTimeout(60_000, undefined, { signal }));
    onTestFinished(() => end.abort());
    const stages = '  a: { uses: deaf, timeout: 100ms, retries: 3 }\n  b: { uses: polite }\n';
    const { outcome, events, tookMs } = await runOf([deaf, polite], stages);
    expect(outcome).toBe('failed');
    expect(tookMs).toBeLessThan(10_000);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'stage-failed',
        stage: 'a',
        message: expect.stringMatching(
          /^a did not end within its timeout of 100ms\. It was told to end, and has not done so in \d s\.$/,
        ) as string,
        hint: expect.stringContaining('context.signal') as string,
      }),
    );
    // Not even once more: its first attempt still writes into the same folder.
    expect(events.filter(({ type }) => type === 'stage-retried')).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'stage-interrupted', stage: 'b' }));
  });

  it('keeps what it commits in time, and nothing that it hands in later', async () => {
    const late: unknown[] = [];
    const deaf = defineMapStage<unknown, Item>({
      ...base,
      kind: 'deaf-map',
      batchSize: () => 2,
      async *items() {
        yield* ['one', 'two', 'three', 'four'].map((id) => ({ id }));
      },
      itemKey: ({ id }) => id,
      async runBatch([one, two]: readonly Item[], context: BatchContext<unknown>) {
        if (!one || !two) throw new Error('There are two.');
        await context.commit(one, { files: {}, value: 1 });
        await setTimeout(700);
        context.log('too late');
        await context.commit(two, { files: {}, value: 2 }).catch((error: unknown) => late.push(error));
      },
      collect: () => Promise.resolve(),
    });
    const stages = '  a: { uses: deaf-map, timeout: 100ms, resources: { cpu: 2 } }\n';
    const { events, workspace } = await runOf([deaf], stages);
    await setTimeout(900);
    expect(late.map(String)).toEqual(['Error: two comes too late: its stage was given up.']);
    expect(events.filter(({ type }) => type === 'stage-log')).toEqual([]);
    expect((await new Store(workspace.path('.pipeline')).records.keys()).size).toBe(1);
  });

  it('does not keep an interrupted run from ending', async () => {
    const end = new AbortController();
    let begin: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    const deaf = whole('deaf', () => {
      begin();
      return setTimeout(60_000, undefined, { signal: end.signal });
    });
    onTestFinished(() => end.abort());
    const interruption = new AbortController();
    const running = runOf([deaf], '  a: { uses: deaf }\n', interruption.signal);
    await hasBegun;
    interruption.abort(new Error('enough'));
    const { outcome, events } = await running;
    expect(outcome).toBe('interrupted');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'stage-warning',
        message: expect.stringContaining('a was interrupted. It was told to end') as string,
      }),
    );
  });

  it('is not started a second time in the same process while it goes on', async () => {
    const end = new AbortController();
    let starts = 0;
    const deaf = whole('deaf', async () => {
      starts++;
      await setTimeout(60_000, undefined, { signal: end.signal }).catch(() => undefined);
    });
    const stages = '  a: { uses: deaf, timeout: 100ms }\n';
    const { workspace } = await runOf([deaf], stages);
    const again = await runOf([deaf], stages, undefined, workspace);
    expect(again.events).toContainEqual(
      expect.objectContaining({
        type: 'stage-failed',
        message: expect.stringContaining('a still runs in this process') as string,
      }),
    );
    expect(starts).toBe(1);
    end.abort();
    await setTimeout(20);
    expect((await runOf([deaf], stages, undefined, workspace)).outcome).toBe('succeeded');
  });
});
