import { UserError } from '../../core/user-error.js';
import type { ProcessResult } from '../../stage/context.js';
import type { Cluster, ClusterLimits, SeenTask, Snapshot, Submission, Submitted, TaskRef } from '../farm/cluster.js'; // prettier-ignore
import { submissionTrouble } from '../farm/submission-trouble.js';
import { callCommand } from '../farm/call-command.js';
import { sbatchArguments } from './sbatch-arguments.js';
import { slurmLimits } from './slurm-limits.js';
import { parseSqueue, squeueFormat, type QueuedTask } from './squeue-answer.js';

/** Names in one question: they stand on one command line. */
const namesAtOnce = 1000;
const idsAtOnce = 1000;

/** Slurm by its commands: sbatch, squeue, scancel, scontrol. Needs no accounting (slurmdbd). */
export class SlurmCluster implements Cluster {
  readonly name = 'Slurm';

  /** @param env for its commands: PATH, SLURM_CONF, and what tasks inherit */
  constructor(readonly env: Readonly<Record<string, string | undefined>>) {}

  /** @throws UserError when there is no Slurm */
  async limits(): Promise<ClusterLimits> {
    const result = await this.#call('scontrol', ['show', 'config']).catch((error: unknown) => {
      throw new UserError('There is no Slurm here: scontrol cannot be started.', {
        details: [String(error)],
        hint: 'Run on a node that has Slurm’s commands on its PATH, or without --executor slurm.',
      });
    });
    // Down just now: its defaults have to do.
    return slurmLimits(result.exitCode === 0 ? result.stdout : '');
  }

  async submit(submission: Submission): Promise<void> {
    const result = await this.#call('sbatch', sbatchArguments(submission));
    if (result.exitCode === 0) return;
    const message = result.stderr.trim() || `sbatch ended with exit code ${String(result.exitCode)}`;
    throw submissionTrouble(message, result.exitCode);
  }

  async look(submissions: readonly Submitted[]): Promise<Snapshot> {
    const snapshot = new Map<string, Map<number, SeenTask>>();
    for (const { nonce, index, seen } of await this.#queued(submissions.map((each) => each.nonce))) {
      const tasks = snapshot.get(nonce) ?? new Map<number, SeenTask>();
      // Submitted twice after an answer that was lost: the one that lives counts.
      if (seen.state !== 'over' || !tasks.has(index)) tasks.set(index, seen);
      snapshot.set(nonce, tasks);
    }
    return snapshot;
  }

  async cancel(tasks: readonly TaskRef[]): Promise<void> {
    const wanted = new Set(tasks.map(({ nonce, index }) => `${nonce} ${index}`));
    // By the ids of now: one that was remembered may be another's job after the controller was killed.
    const ids = (await this.#queued([...new Set(tasks.map(({ nonce }) => nonce))]))
      .filter(({ nonce, index, seen }) => seen.state !== 'over' && wanted.has(`${nonce} ${index}`))
      .map(({ jobId }) => jobId);
    for (let start = 0; start < ids.length; start += idsAtOnce) {
      const result = await this.#call('scancel', ids.slice(start, start + idsAtOnce));
      if (result.exitCode !== 0) throw new Error(result.stderr.trim() || 'scancel failed');
    }
  }

  async #queued(nonces: readonly string[]): Promise<readonly QueuedTask[]> {
    const tasks: QueuedTask[] = [];
    for (let start = 0; start < nonces.length; start += namesAtOnce) {
      const names = nonces.slice(start, start + namesAtOnce).join(',');
      const result = await this.#call('squeue', [
        '-h',
        '-r',
        '-t',
        'all',
        `--name=${names}`,
        '-o',
        squeueFormat,
      ]);
      if (result.exitCode !== 0) throw new Error(result.stderr.trim() || 'squeue failed');
      tasks.push(...parseSqueue(result.stdout));
    }
    return tasks;
  }

  #call(program: string, args: readonly string[]): Promise<ProcessResult> {
    return callCommand([program, ...args], this.env);
  }
}
