import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, writeAtomically } from '../../core/atomic-file.js';
import { concurrently } from '../../core/concurrently.js';
import { isDigest, type Digest } from '../../core/digest.js';
import { hasErrorCode } from '../../core/error-code.js';
import type { JsonValue } from '../../core/json.js';
import type { Exhibit } from '../../stage/exhibit.js';
import type { StageKeyParts } from '../../store/key-parts.js';
import type { SourceNames } from '../../plan/changes.js';
import type { TaskRef } from './cluster.js';

const digest = z.custom<Digest>(isDigest);
const artifact = z.object({ type: z.string(), digest, fileCount: z.number(), sizeBytes: z.number() });
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** What all tasks of a stage have in common: `stage.json`. */
const stageHead = z.object({
  version: z.literal(1),
  program: z.object({ version: z.string(), digest: z.string() }),
  file: z.string(),
  settings: z.array(z.string()),
  store: z.string(),
  stage: z.string(),
  key: digest,
  parts: z.custom<StageKeyParts>(isObject),
  sourceNames: z.custom<SourceNames>(isObject),
  /** The artifacts that its inputs are bound to, by stage and output. */
  artifacts: z.record(z.string(), z.record(z.string(), artifact)),
});
export type StageHead = z.infer<typeof stageHead>;

/** What one attempt at a task is to do: `<nonce>/<index>/task.json`. */
const taskOrder = z.object({
  version: z.literal(1),
  nonce: z.string(),
  index: z.number(),
  attempt: z.number(),
  /** The ids of its items; absent when it is the whole stage. */
  items: z.array(z.string()).exactOptional(),
});
export type TaskOrder = z.infer<typeof taskOrder>;

const told = z.object({
  message: z.string(),
  details: z.array(z.string()),
  hint: z.string().exactOptional(),
});

/** What came of an attempt: `<nonce>/<index>/result.json`, the only proof that it ended by itself. */
const taskResult = z.object({
  version: z.literal(1),
  nonce: z.string(),
  node: z.string(),
  tookMs: z.number(),
  /** The node is not what the plan says; nothing was done. */
  refused: told.exactOptional(),
  /** The whole stage's code failed. */
  failure: told.exactOptional(),
  failedItems: z.array(z.object({ id: z.string(), message: z.string(), details: z.array(z.string()) })),
  hint: z.string().exactOptional(),
  /** The items that it has made and the store has, so that the controller need not look each of them up. */
  made: z.array(z.string()),
  /** Results that have no record of their own in the store. */
  unrecorded: z.array(
    z.object({
      id: z.string(),
      files: z.array(z.object({ path: z.string(), digest, sizeBytes: z.number() })),
      value: z.custom<JsonValue>((value) => value !== undefined),
    }),
  ),
  outputs: z.record(z.string(), artifact).exactOptional(),
  exhibits: z.array(z.custom<Exhibit>((value) => isObject(value) && 'type' in (value as object))),
  metrics: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
});
export type TaskResult = z.infer<typeof taskResult>;

const heartbeat = z.object({ atMs: z.number(), node: z.string(), done: z.number() });
export type Heartbeat = z.infer<typeof heartbeat>;

const intent = z.object({
  version: z.literal(1),
  nonce: z.string(),
  tasks: z.array(z.object({ index: z.number(), attempt: z.number() })),
});
export type Intent = z.infer<typeof intent>;

/** A name that no other submission has. */
export function newNonce(): string {
  return `darkroom-${randomBytes(6).toString('hex')}`;
}

/**
 * The files by which the controller of a stage and the workers on the nodes speak with each other, in the stage's work
 * folder on the shared disk: `stage.json`; a folder for each submission with `intent.json`, which is written before
 * the engine is asked, and a folder for each of its tasks with `task.json`, `heartbeat.json`, `result.json`, and
 * `given-up.json` once nobody waits for it any more; `ended.txt`, which attempts are over.
 */
export class TaskFiles {
  constructor(readonly directory: string) {}

  submissionFolder(nonce: string): string {
    return join(this.directory, nonce);
  }

  taskFolder({ nonce, index }: TaskRef): string {
    return join(this.directory, nonce, String(index));
  }

  async writeHead(head: StageHead): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeAtomically(join(this.directory, 'stage.json'), json(head));
  }

  async readHead(): Promise<StageHead> {
    return stageHead.parse(JSON.parse(await readFile(join(this.directory, 'stage.json'), 'utf8')));
  }

  /** Journals the intent to submit: on the disk before the engine hears of it. @param script of the submission */
  async writeIntent(nonce: string, orders: readonly TaskOrder[], script: string): Promise<void> {
    const folder = this.submissionFolder(nonce);
    await makeFolder(folder);
    await concurrently(orders, 16, async (order) => {
      await writeAtomically(join(this.taskFolder(order), 'task.json'), json(order));
    });
    await writeAtomically(join(folder, 'script.sh'), script);
    // Slurm takes a copy of it; others start it where it is.
    await chmod(join(folder, 'script.sh'), 0o755);
    const tasks = orders.map(({ index, attempt }) => ({ index, attempt }));
    await writeAtomically(join(folder, 'intent.json'), json({ version: 1, nonce, tasks } satisfies Intent));
  }

  /** All submissions that were ever intended. */
  async intents(): Promise<readonly Intent[]> {
    const names = await readdir(this.directory).catch(() => []);
    const read = names.map((name) => readJson(join(this.directory, name, 'intent.json'), intent));
    return (await Promise.all(read)).flatMap((found) => found ?? []);
  }

  async readOrder(task: TaskRef): Promise<TaskOrder | undefined> {
    return readJson(join(this.taskFolder(task), 'task.json'), taskOrder);
  }

  /** Looks into the folder first: NFS may remember that there was no such file. */
  async readResult(task: TaskRef): Promise<TaskResult | undefined> {
    const folder = this.taskFolder(task);
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes('result.json')) return undefined;
    const result = await readJson(join(folder, 'result.json'), taskResult);
    return result?.nonce === task.nonce ? result : undefined;
  }

  async writeResult(task: TaskRef, result: TaskResult): Promise<void> {
    await writeAtomically(join(this.taskFolder(task), 'result.json'), json(result));
  }

  async readHeartbeat(task: TaskRef): Promise<Heartbeat | undefined> {
    return readJson(join(this.taskFolder(task), 'heartbeat.json'), heartbeat);
  }

  async writeHeartbeat(task: TaskRef, beat: Heartbeat): Promise<void> {
    await writeAtomically(join(this.taskFolder(task), 'heartbeat.json'), json(beat));
  }

  /** From now on nothing counts that comes of this attempt; its worker ends when it notices. */
  async giveUp(task: TaskRef, why: string): Promise<void> {
    await writeAtomically(join(this.taskFolder(task), 'given-up.json'), json({ why }));
  }

  async isGivenUp(task: TaskRef): Promise<boolean> {
    const names = await readdir(this.taskFolder(task)).catch((): string[] => []);
    return names.includes('given-up.json');
  }

  /** The engine has warned the worker, which has saved what it had. @param is false when it starts (again) */
  async markInterrupted(task: TaskRef, is: boolean): Promise<void> {
    const path = join(this.taskFolder(task), 'interrupted.json');
    if (is) await writeAtomically(path, json({ version: 1 }));
    else await rm(path, { force: true });
  }

  async wasInterrupted(task: TaskRef): Promise<boolean> {
    const names = await readdir(this.taskFolder(task)).catch((): string[] => []);
    return names.includes('interrupted.json');
  }

  /** What the attempt printed. */
  async readLog({ nonce, index }: TaskRef): Promise<string> {
    return readFile(join(this.submissionFolder(nonce), `log-${index}.txt`), 'utf8').catch(() => '');
  }

  /** Not synced: an end that is forgotten in a crash is found again by its result. */
  async noteEnd({ nonce, index }: TaskRef): Promise<void> {
    await appendFile(join(this.directory, 'ended.txt'), `${nonce} ${index}\n`);
  }

  /** Attempts that are over, as `nonce index`. */
  async ends(): Promise<ReadonlySet<string>> {
    const text = await readFile(join(this.directory, 'ended.txt'), 'utf8').catch(() => '');
    return new Set(text.split('\n'));
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** @returns undefined for a file that is not there or not whole */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ESTALE')) return undefined;
    throw error;
  }
}
