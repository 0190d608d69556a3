import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../core/atomic-file.js';
import { concurrently } from '../../core/concurrently.js';
import { hasErrorCode } from '../../core/error-code.js';
import { UserError } from '../../core/user-error.js';
import { callCommand } from '../farm/call-command.js';
import type { Cluster, ClusterLimits, SeenTask, Snapshot, Submission, Submitted, TaskRef } from '../farm/cluster.js'; // prettier-ignore
import { submissionTrouble } from '../farm/submission-trouble.js';
import type { Engine } from './engine.js';
import { filledWords } from './fill-in.js';
import { submitWords } from './submit-words.js';
import { SignsOfLife } from './signs-of-life.js';
import { filledDocument } from './task-document.js';
import { ownValues, taskValues } from './task-values.js';

const tasksPerSubmission = 100;
const largestIndex = 999;
const filesAtOnce = 16;
const jobFile = z.object({ version: z.literal(1), id: z.string().exactOptional() });

/**
 * An engine that has a command to submit with. One task is one job; whether it lives, its own files say, and the
 * engine's list where it has one.
 */
export class SubmitCluster implements Cluster {
  readonly #signs = new SignsOfLife();
  readonly #folders = new Map<string, string>();

  /**
   * @param values further {names} of the engine's words
   * @param env for its commands
   */
  constructor(
    readonly engine: Engine,
    readonly values: Readonly<Record<string, string>>,
    readonly tasksAtOnce: number,
    readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  get name(): string {
    return this.engine.name;
  }

  limits(): Promise<ClusterLimits> {
    return Promise.resolve({ tasksPerSubmission, largestIndex, tasksAtOnce: this.tasksAtOnce });
  }

  async submit(submission: Submission): Promise<void> {
    const taken: number[] = [];
    this.#folders.set(submission.nonce, submission.directory);
    for (const index of submission.indices) {
      const words = await this.#words(submission, index);
      const result = await callCommand(words, this.env).catch((error: unknown) => {
        throw new UserError(`${words[0] ?? ''} cannot be started.`, {
          details: [String(error)],
          hint: `${this.name} has to have its commands on the PATH where the run is started.`,
        });
      });
      if (result.exitCode !== 0) {
        const message = result.stderr.trim() || result.stdout.trim();
        const shown = message || `${words[0] ?? ''} ended with exit code ${String(result.exitCode)}`;
        throw submissionTrouble(shown, result.exitCode, taken);
      }
      const id = this.engine.id.exec(result.stdout)?.[1];
      const job = { version: 1, ...(id === undefined ? {} : { id }) };
      const path = join(submission.directory, String(index), 'job.json');
      await writeAtomically(path, `${JSON.stringify(job)}\n`);
      taken.push(index);
    }
  }

  async look(submissions: readonly Submitted[]): Promise<Snapshot> {
    const listed = await this.#listed();
    const snapshot = new Map<string, Map<number, SeenTask>>();
    const tasks = submissions.flatMap((each) => each.indices.map((index) => ({ submission: each, index })));
    await concurrently(tasks, filesAtOnce, async ({ submission, index }) => {
      this.#folders.set(submission.nonce, submission.directory);
      const id = listed && (await readId(join(submission.directory, String(index))));
      const isListed = listed && id !== undefined ? listed.has(id) : undefined;
      const seen = await this.#signs.of(submission, index, isListed);
      if (!seen) return;
      const own = snapshot.get(submission.nonce) ?? new Map<number, SeenTask>();
      snapshot.set(submission.nonce, own.set(index, seen));
    });
    return snapshot;
  }

  /** By the engine, where it has a command for it; the farm gives them up besides, which their workers notice. */
  async cancel(tasks: readonly TaskRef[]): Promise<void> {
    const { cancel } = this.engine;
    for (const { nonce, index } of cancel ? tasks : []) {
      const directory = this.#folders.get(nonce);
      const id = directory && (await readId(join(directory, String(index))));
      if (id === undefined || id === '') continue;
      const values = new Map([...ownValues(this.values), ['id', id]]);
      // It may have ended by itself a moment ago: that is no failure.
      await callCommand(filledWords(cancel ?? [], values), this.env).catch(() => undefined);
    }
  }

  async #words(submission: Submission, index: number): Promise<readonly string[]> {
    const values = new Map(taskValues(submission, index, this.values));
    const { document } = this.engine;
    if (document) {
      const text = filledDocument(await readFile(document.path, 'utf8'), document, values);
      const path = join(submission.directory, String(index), basename(document.path));
      await writeAtomically(path, text);
      values.set('document', path);
    }
    return submitWords(this.engine, values, submission.needs.options.extra);
  }

  /** Every word of the engine's list. @throws when it cannot be had */
  async #listed(): Promise<ReadonlySet<string> | undefined> {
    const { list, noneListed } = this.engine;
    if (!list) return undefined;
    const { exitCode, stdout, stderr } = await callCommand(
      filledWords(list, ownValues(this.values)),
      this.env,
    );
    if (exitCode !== 0 && !(noneListed?.test(stderr + stdout) ?? false))
      throw new Error(stderr.trim() || `${String(list[0])} ended with exit code ${String(exitCode)}`);
    return new Set(stdout.split(/[\s",]+/));
  }
}

/** The engine's id of a task's job; undefined when none is known. */
async function readId(folder: string): Promise<string | undefined> {
  try {
    return jobFile.parse(JSON.parse(await readFile(join(folder, 'job.json'), 'utf8'))).id;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESTALE')) return undefined;
    throw error;
  }
}
