import { join } from 'node:path';
import type { ThreadCall } from '../lib/threads/pending-calls.js';
import { serveParent } from '../lib/threads/serve-calls.js';
import type { ProcessSetup } from './process-pool.js';
import { ShardTask, type SharedVectors } from './shard-task.js';
import { readVector, writeVector } from './shared-file.js';

/** A shard task in a process of its own: its vectors come and go as files. */
class ProcessTask {
  readonly #seen = new Map<string, number>();

  private constructor(
    readonly folder: string,
    readonly vectors: SharedVectors,
    readonly task: ShardTask,
  ) {}

  get backend() {
    return this.task.backend;
  }

  static async start({ folder, length, shards, own, ...setup }: ProcessSetup): Promise<ProcessTask> {
    const vector = (): Float32Array => new Float32Array(length);
    const gradients = Array.from({ length: shards }, (_, shard) =>
      own.includes(shard) ? vector() : new Float32Array(),
    );
    const vectors = { parameters: vector(), average: vector(), slots: [], gradients };
    return new ProcessTask(folder, vectors, await ShardTask.start({ ...setup, vectors }));
  }

  async perform({ method, args }: ThreadCall): Promise<unknown> {
    switch (method) {
      case 'gradients': {
        const [version, request] = args as [number, Parameters<ShardTask['gradients']>[0]];
        this.#refresh('parameters', version);
        const parts = await this.task.gradients(request);
        const { shard } = request;
        writeVector(join(this.folder, `gradients-${shard}`), this.vectors.gradients[shard] ?? new Float32Array()); // prettier-ignore
        return parts;
      }
      case 'find': {
        const [version, ...rest] = args as [number, ...Parameters<ShardTask['find']>];
        this.#refresh('average', version);
        return this.task.find(...rest);
      }
      default:
        throw new Error(`a training process cannot ${method}`);
    }
  }

  /** Reads a vector where it has changed since. */
  #refresh(name: 'parameters' | 'average', version: number): void {
    if (this.#seen.get(name) === version) return;
    readVector(join(this.folder, name), this.vectors[name]);
    this.#seen.set(name, version);
  }
}

await serveParent(
  (setup: ProcessSetup) => ProcessTask.start(setup),
  (task, call) => task.perform(call),
);
