import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { DiagnosticError } from '../core/diagnostic.js';
import { UserError } from '../core/user-error.js';
import type { UntimedEvent } from '../events/event.js';
import { machineCapacity, shortages } from '../executors/capacity.js';
import { TaskFiles, type StageHead, type TaskOrder } from '../executors/farm/task-files.js';
import { usableGpus } from '../executors/gpus.js';
import { localExecutor } from '../executors/local.js';
import { localHost } from '../run/host.js';
import { Locks } from '../run/lock.js';
import { RefusalError, workTask, type TaskWork } from '../run/work-task.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan } from './load-plan.js';
import type { Console, Program } from './program.js';
import { programIdentity } from './program-identity.js';
import { TaskHeart } from './task-heart.js';

/**
 * `pipeline worker FOLDER INDEX`: does one task of a run on a cluster, and leaves its result file. A node that is not
 * what the run began with leaves a result that says so, and has made nothing.
 * @returns the exit code; nobody judges the task by it
 */
export async function workerCommand(
  folder: string,
  indexText: string,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const directory = resolve(folder);
  const index = Number(indexText);
  const task = { nonce: basename(directory), index };
  const files = new TaskFiles(dirname(directory));
  const node = process.env['SLURMD_NODENAME'] ?? hostname();
  const order = await files.readOrder(task);
  if (!order)
    throw new UserError(`${node} finds no task ${indexText} in ${directory}.`, {
      hint: 'The store has to be on a disk that all nodes have under the same path: is it mounted here?',
    });
  if (await files.isGivenUp(task)) {
    console.error(`Nobody waits for this attempt any more: ${node} leaves it.`);
    return exitCodes.interrupted;
  }
  // The engine runs it again after a node died, and it is done already.
  if (await files.readResult(task)) return exitCodes.success;
  const head = await files.readHead();
  console.out(`${node}: ${head.stage}, ${order.items ? `${order.items.length} items` : 'all of it'}, attempt ${order.attempt}`); // prettier-ignore

  const heart = await TaskHeart.start(files, task, node, signal);
  const startedMs = Date.now();
  try {
    const work = await workOrRefusal(head, order, files, program, console, heart);
    heart.signal.throwIfAborted();
    await files.writeResult(task, {
      version: 1,
      nonce: task.nonce,
      node,
      tookMs: Date.now() - startedMs,
      ...work,
    });
    return work.refused || work.failure ? exitCodes.failure : exitCodes.success;
  } catch (error) {
    if (!heart.signal.aborted) throw error;
    await heart.noteInterruption();
    console.error(error instanceof Error ? error.message : String(error));
    return exitCodes.interrupted;
  } finally {
    await heart.stop();
  }
}

async function workOrRefusal(
  head: StageHead,
  order: TaskOrder,
  files: TaskFiles,
  program: Program,
  console: Console,
  heart: TaskHeart,
): Promise<TaskWork> {
  try {
    return await work(head, order, files, program, console, heart);
  } catch (error) {
    if (!(error instanceof RefusalError) && !(error instanceof DiagnosticError)) throw error;
    const details = error instanceof RefusalError ? [...error.details] : [];
    const hint = error instanceof RefusalError ? error.hint : undefined;
    for (const line of [error.message, ...details]) console.error(line);
    return {
      refused: { message: error.message, details, ...(hint === undefined ? {} : { hint }) },
      failedItems: [],
      made: [],
      unrecorded: [],
      exhibits: [],
      metrics: {},
      warnings: [],
    };
  }
}

async function work(
  head: StageHead,
  order: TaskOrder,
  files: TaskFiles,
  program: Program,
  console: Console,
  heart: TaskHeart,
): Promise<TaskWork> {
  const { signal } = heart;
  const own = await programIdentity(program);
  if (own.version !== head.program.version || own.digest !== head.program.digest)
    throw new RefusalError(
      own.version === head.program.version
        ? `The program here is another build of ${own.version} than the one that started the run.`
        : `The program here is ${own.version}, and the run was started by ${head.program.version}.`,
      { hint: 'Give all nodes the same program; after an update, end the run and start it again.' },
    );
  if (
    !(await stat(join(head.store, 'blobs')).catch(() => undefined))?.isDirectory() &&
    !(await stat(head.store).catch(() => undefined))
  )
    throw new RefusalError(`There is no store ${head.store} here.`, {
      hint: 'All nodes have to have it under the same path.',
    });
  const { plan } = await loadPlan([head.file], program, { set: head.settings, store: head.store });
  const stage = plan.stages.find(({ name }) => name === head.stage);
  const store = new Store(head.store);
  const host = localHost(plan.file.directory, store, signal);
  const { gpu = 0, gpuIfAny = 0 } = stage?.resources ?? {};
  const gpus = Math.max(gpu, gpuIfAny) > 0 ? await usableGpus(host.exec, host.env, undefined) : [];
  const capacity = machineCapacity(gpus);
  const missing = stage ? shortages(stage.resources, capacity) : [];
  if (missing.length > 0)
    throw new RefusalError(`A job of ${head.stage} ${missing.join('; ')}.`, {
      hint: 'Ask the cluster for nodes that have it: `slurm: { partition, constraint, gres }` of the stage.',
    });

  const here = await store.presence.announceRun(`${order.nonce}-${order.index}`, signal);
  try {
    const locks = await Locks.open(store, here);
    const world = {
      store,
      executor: localExecutor(capacity, 1),
      locks,
      runDirectory: files.taskFolder(order),
      keepGoing: false,
      host,
      viewDirectory: join(files.taskFolder(order), 'out'),
      signal,
      emit: (event: UntimedEvent): void => {
        if (event.type === 'stage-log') console.out(event.line);
        if (event.type === 'item-failed') console.out(`${event.item}: ${event.message}`);
      },
    };
    return await workTask(plan, head, order, files, world, (done) => heart.tell(done)).finally(() =>
      locks.close(),
    );
  } finally {
    await here.leave();
  }
}
