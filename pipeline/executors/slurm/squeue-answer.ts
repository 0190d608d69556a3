import type { EndReason, SeenTask } from '../farm/cluster.js';

/** A job's name, its id with the index in the array, its state, its node, why it waits. */
export const squeueFormat = '%j|%i|%T|%N|%r';

export interface QueuedTask {
  readonly nonce: string;
  readonly index: number;
  readonly jobId: string;
  readonly seen: SeenTask;
}

/** The lines of `squeue -h -r -o '%j|%i|%T|%N|%r'`; a line that is none is left out. */
export function parseSqueue(text: string): readonly QueuedTask[] {
  return text.split('\n').flatMap((line) => {
    const [nonce = '', jobId = '', state = '', node = '', ...reason] = line.split('|');
    const [, index] = /^\d+_(\d+)$/.exec(jobId) ?? [];
    if (index === undefined) return [];
    const seen = { ...seenState(state, reason.join('|')), ...(node === '' ? {} : { node }) };
    return [{ nonce, index: Number(index), jobId, seen }];
  });
}

const waiting = new Set([
  'PENDING',
  'REQUEUED',
  'REQUEUE_HOLD',
  'REQUEUE_FED',
  'SPECIAL_EXIT',
  'RESV_DEL_HOLD',
]);
const running = new Set(['RUNNING', 'CONFIGURING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'SIGNALING', 'RESIZING', 'STAGE_OUT']); // prettier-ignore
const ends: Readonly<Record<string, EndReason>> = {
  COMPLETED: 'ended',
  OUT_OF_MEMORY: 'out-of-memory',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  NODE_FAIL: 'node-failed',
  BOOT_FAIL: 'node-failed',
  PREEMPTED: 'preempted',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
  FAILED: 'failed',
};

/** Reasons of a task whose turn has not come. */
const inTurn = new Set(['', 'None', 'Priority', 'Resources', 'BeginTime', 'JobArrayTaskLimit']);

/** A state that is not known yet, of a later Slurm, is taken for one in which the task lives. */
function seenState(state: string, whyWaiting: string): SeenTask {
  if (waiting.has(state))
    return { state: 'waiting', ...(inTurn.has(whyWaiting) ? {} : { heldBy: whyWaiting }) };
  const reason = ends[state];
  if (running.has(state) || reason === undefined) return { state: 'running' };
  return { state: 'over', reason };
}
