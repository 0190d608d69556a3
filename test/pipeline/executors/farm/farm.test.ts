import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { digestOfBytes } from '../../../../pipeline/core/digest.js';
import { SubmissionError, type Cluster, type SeenTask, type Snapshot, type Submission } from '../../../../pipeline/executors/farm/cluster.js'; // prettier-ignore
import { Farm } from '../../../../pipeline/executors/farm/farm.js';
import type { FarmWork } from '../../../../pipeline/executors/farm/farm-work.js';
import { TaskFiles, type TaskOrder } from '../../../../pipeline/executors/farm/task-files.js';

type Fate = 'done' | SeenTask;

/** A cluster in this process. Tasks are over at once; `fate` says how, and those that are done leave a result. */
class FakeCluster implements Cluster {
  readonly name = 'Fake';
  readonly submissions: Submission[] = [];
  readonly kept = new Set<string>();
  readonly #seen = new Map<string, Map<number, SeenTask>>();
  outages = 0;
  submissionErrors: Error[] = [];

  constructor(
    readonly files: TaskFiles,
    readonly fate: (order: TaskOrder) => Fate,
  ) {}

  limits(): ReturnType<Cluster['limits']> {
    return Promise.resolve({ tasksPerSubmission: 100, largestIndex: 100, tasksAtOnce: 100 });
  }

  async submit(submission: Submission): Promise<void> {
    const error = this.submissionErrors.shift();
    if (error instanceof SubmissionError) throw error;
    this.submissions.push(submission);
    const { nonce } = submission;
    const tasks = new Map<number, SeenTask>();
    this.#seen.set(nonce, tasks);
    for (const index of submission.indices) {
      const order = await this.files.readOrder({ nonce, index });
      if (!order) throw new Error(`There is no order ${nonce} ${index}.`);
      const fate = this.fate(order);
      tasks.set(index, fate === 'done' ? { state: 'over', reason: 'ended' } : fate);
      if (fate !== 'done') continue;
      for (const id of order.items ?? []) this.kept.add(id);
      const nothing = { failedItems: [], made: [], unrecorded: [], exhibits: [], metrics: {}, warnings: [] };
      await this.files.writeResult(order, { version: 1, nonce, node: 'n1', tookMs: 1000, ...nothing });
    }
    if (error) throw error;
  }

  look(): Promise<Snapshot> {
    if (this.outages-- > 0) return Promise.reject(new Error('no answer'));
    return Promise.resolve(this.#seen);
  }

  cancel(): Promise<void> {
    return Promise.resolve();
  }
}

const items = Array.from({ length: 20 }, (_, index) => `i${index}`);

async function farmOf(fate: (order: TaskOrder) => Fate): Promise<{
  readonly cluster: FakeCluster;
  readonly run: () => Promise<void>;
  readonly lost: string[];
}> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-farm-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const cluster = new FakeCluster(new TaskFiles(directory), fate);
  const times = { firstPollMs: 5, longestPollMs: 20, graceMs: 0, stragglerMs: 60_000 };
  const lost: string[] = [];
  const work: FarmWork = {
    head: {
      version: 1,
      program: { version: '0', digest: '' },
      file: '',
      settings: [],
      store: '',
      stage: 'frames',
      key: digestOfBytes('frames'),
      parts: { kind: 'k', revision: 1, params: {}, inputs: {}, sources: {}, tools: {} },
      sourceNames: {},
      artifacts: {},
    },
    directory,
    resources: { cpu: 1, memoryMb: 1000 },
    options: {},
    items,
    signal: new AbortController().signal,
    missing: (ids) => Promise.resolve(ids.filter((id) => !cluster.kept.has(id))),
    ended: () => Promise.resolve(),
    givenUp: (ids = []) => void lost.push(...ids),
    started: () => undefined,
    progress: () => undefined,
    log: () => undefined,
    warn: () => undefined,
  };
  const run = (): Promise<void> => new Farm(cluster, () => '', undefined, times).run(work);
  return { cluster, run, lost };
}

it('submits only what is missing again, at its index, with more memory', async () => {
  const isFirst = ({ items: own = [], attempt }: TaskOrder): boolean => attempt === 1 && own.includes('i5');
  const { cluster, run, lost } = await farmOf((order) =>
    isFirst(order) ? { state: 'over', reason: 'out-of-memory', node: 'n1' } : 'done',
  );
  await run();
  expect(cluster.kept).toEqual(new Set(items));
  expect(lost).toEqual([]);
  expect(cluster.submissions.at(-1)?.indices).toEqual([2]);
  expect(cluster.submissions.at(-1)?.needs.memoryMb).toBe(2000);
});

it('takes what the engine calls ended without a result for lost, and gives it up the third time', async () => {
  const { cluster, run, lost } = await farmOf(({ items: own = [] }) =>
    own.includes('i5') ? { state: 'over', reason: 'ended' } : 'done',
  );
  await run();
  expect(lost).toEqual(['i4', 'i5']);
  expect(cluster.kept.size).toBe(items.length - 2);
});

it('submits nothing twice when the answer to a submission is lost', async () => {
  const { cluster, run } = await farmOf(() => 'done');
  cluster.submissionErrors = [new Error('timed out')];
  cluster.outages = 2;
  await run();
  expect(cluster.submissions.flatMap(({ indices }) => indices)).toHaveLength(10);
});

it('tries again when the engine cannot be reached', async () => {
  const { cluster, run } = await farmOf(() => 'done');
  cluster.submissionErrors = [new SubmissionError('unreachable', 'down')];
  await run();
  expect(cluster.kept).toEqual(new Set(items));
});

it('fails with what the engine says when it refuses', async () => {
  const { cluster, run } = await farmOf(() => 'done');
  cluster.submissionErrors = [new SubmissionError('refused', 'invalid partition')];
  await expect(run()).rejects.toMatchObject({ details: ['invalid partition'] });
});
