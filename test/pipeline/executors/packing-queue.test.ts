import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capacity } from '../../../pipeline/executors/capacity.js';
import { PackingQueue, patience } from '../../../pipeline/executors/packing-queue.js';
import type { Resources } from '../../../pipeline/stage/definition.js';

const never = new AbortController().signal;
const capacity: Capacity = { cpu: 4, memoryMb: 1000, gpus: [0, 2, 5] };

interface Asked {
  readonly resources: Required<Omit<Resources, 'gpuIfAny'>>;
  readonly priority: number;
  /** The job ends after as many turns of the event loop. */
  readonly turns: number;
}

const jobs = fc.array(
  fc.record({
    resources: fc.record({
      cpu: fc.integer({ min: 1, max: 4 }),
      memoryMb: fc.integer({ min: 0, max: 1000 }),
      gpu: fc.integer({ min: 0, max: 3 }),
    }),
    priority: fc.integer({ min: 0, max: 2 }),
    turns: fc.integer({ min: 0, max: 6 }),
  }),
  { maxLength: 60 },
);

/** Many small jobs with a large one here and there. */
const mostlySmall = fc.array(
  fc.record({
    resources: fc.record({
      cpu: fc.oneof({ weight: 12, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(4) }),
      memoryMb: fc.constant(0),
      gpu: fc.constant(0),
    }),
    priority: fc.constant(0),
    turns: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 60, maxLength: 90 },
);

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs all jobs and answers with the order in which they started, checking at each start what is in use. */
async function runAll(asked: readonly Asked[], maxJobs: number): Promise<readonly number[]> {
  const queue = new PackingQueue(capacity, maxJobs);
  const running = new Set<Asked>();
  const gpusInUse = new Set<number>();
  const started: number[] = [];
  await Promise.all(
    asked.map((job, index) =>
      queue.submit({
        ...job,
        signal: never,
        run: async ({ gpus }) => {
          started.push(index);
          running.add(job);
          const sum = (of: (resources: Required<Omit<Resources, 'gpuIfAny'>>) => number): number =>
            [...running].reduce((total, { resources }) => total + of(resources), 0);
          expect(running.size).toBeLessThanOrEqual(maxJobs);
          expect(sum(({ cpu }) => cpu)).toBeLessThanOrEqual(capacity.cpu);
          expect(sum(({ memoryMb }) => memoryMb)).toBeLessThanOrEqual(capacity.memoryMb);
          expect(gpus).toHaveLength(job.resources.gpu);
          for (const gpu of gpus) {
            expect(capacity.gpus).toContain(gpu);
            expect(gpusInUse).not.toContain(gpu);
            gpusInUse.add(gpu);
          }
          await turns(job.turns);
          for (const gpu of gpus) gpusInUse.delete(gpu);
          running.delete(job);
        },
      }),
    ),
  );
  return started;
}

describe('the packing queue', () => {
  it('never gives out more than there is, a GPU to one job only, and runs everything', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 5 }), async (asked, maxJobs) => {
        expect([...(await runAll(asked, maxJobs))].sort((a, b) => a - b)).toEqual(asked.map((_, i) => i));
      }),
      { numRuns: 60 },
    );
  });

  it('lets only so many jobs pass one that stands before them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(jobs, mostlySmall), async (asked) => {
        const started = await runAll(asked, Infinity);
        for (const [place, index] of started.entries()) {
          const own = asked[index]?.priority ?? 0;
          const behind = started.slice(0, place).filter((other) => {
            const priority = asked[other]?.priority ?? 0;
            return priority < own || (priority === own && other > index);
          });
          expect(behind.length).toBeLessThanOrEqual(patience);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('starts a job that needs everything although small ones keep coming', async () => {
    const queue = new PackingQueue(capacity);
    const small = { resources: { cpu: 1 }, priority: 0, signal: never };
    let done = false;
    let before = 0;
    const stream = async (): Promise<void> => {
      while (!done) await queue.submit({ ...small, run: () => (before++, turns(2)) });
    };
    const streams = [stream(), stream(), stream(), stream()];
    await turns(3);
    before = 0;
    await queue.submit({ ...small, resources: { cpu: 4 }, run: () => Promise.resolve((done = true)) });
    expect(before).toBeLessThanOrEqual(patience + 4);
    await Promise.all(streams);
  });

  it('starts those of higher priority first, else in the order in which they came', async () => {
    const queue = new PackingQueue(capacity, 1);
    const order: string[] = [];
    const submit = (name: string, priority: number): Promise<void> =>
      queue.submit({
        resources: { cpu: 1 },
        priority,
        signal: never,
        run: () => turns(1).then(() => void order.push(name)),
      });
    await Promise.all([submit('first', 0), submit('a', 0), submit('b', 0), submit('urgent', 1)]);
    expect(order).toEqual(['first', 'urgent', 'a', 'b']);
  });

  it('refuses a job that never fits, naming what it asks for and what there is', async () => {
    const resources = { cpu: 8, memoryMb: 2000, gpu: 4 };
    const submitted = new PackingQueue(capacity).submit({
      resources,
      priority: 0,
      signal: never,
      run: () => Promise.resolve(),
    });
    await expect(submitted).rejects.toThrow(
      'A job asks for 8 CPUs, and there are 4; asks for 2000 MiB of memory, and there are 1000; asks for 4 GPUs, and there are 3 for this run.',
    );
  });

  it('does not start what waits when the run is cancelled, and goes on with the rest', async () => {
    const queue = new PackingQueue(capacity, 1);
    const cancelled = new AbortController();
    const job = { resources: { cpu: 1 }, priority: 0 };
    const first = queue.submit({ ...job, signal: never, run: () => turns(3) });
    const second = queue.submit({
      ...job,
      signal: cancelled.signal,
      run: () => Promise.reject(new Error('it started')),
    });
    const third = queue.submit({ ...job, signal: never, run: () => Promise.resolve('ran') });
    cancelled.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    await first;
    await expect(third).resolves.toBe('ran');
  });

  it('gives room back after a job that failed', async () => {
    const queue = new PackingQueue(capacity);
    const job = { resources: { cpu: 4, gpu: 3 }, priority: 0, signal: never };
    await expect(queue.submit({ ...job, run: () => Promise.reject(new Error('broken')) })).rejects.toThrow(
      'broken',
    );
    await expect(queue.submit({ ...job, run: ({ gpus }) => Promise.resolve(gpus) })).resolves.toEqual([
      0, 2, 5,
    ]);
  });

  it('says how many jobs fit at once', () => {
    const queue = new PackingQueue(capacity, 3);
    expect(queue.concurrency({ cpu: 1 })).toBe(3);
    expect(queue.concurrency({ cpu: 2 })).toBe(2);
    expect(queue.concurrency({ cpu: 1, memoryMb: 600 })).toBe(1);
    expect(queue.concurrency({ cpu: 1, gpu: 2 })).toBe(1);
  });
});

describe('a job that takes GPUs if there are any', () => {
  const wish: Resources = { cpu: 1, gpuIfAny: 1 };
  const granted = (queue: PackingQueue): Promise<readonly number[]> =>
    queue.submit({
      resources: wish,
      priority: 0,
      signal: never,
      run: ({ gpus }) => Promise.resolve(gpus),
    });

  it('is given one where the machine has one, and waits for it', async () => {
    const queue = new PackingQueue({ cpu: 4, memoryMb: 1000, gpus: [3] });
    expect(queue.concurrency(wish)).toBe(1);
    expect(await Promise.all([granted(queue), granted(queue)])).toEqual([[3], [3]]);
  });

  it('runs without one where there is none', async () => {
    const queue = new PackingQueue({ cpu: 4, memoryMb: 1000, gpus: [] });
    expect(queue.concurrency(wish)).toBe(4);
    expect(await granted(queue)).toEqual([]);
  });
});
