import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import type { Picture } from '../lib/imaging/augment.js';
import { startProcess } from '../lib/threads/worker-process.js';
import type { TrainingSample } from './prepare-sample.js';
import type { TaskSetup } from './shard-task.js';
import { readVector, writeVector } from './shared-file.js';
import type { ShardWorker } from './worker-pool.js';

/** What a process is started with: a task's setup, and where its vectors come and go. */
export interface ProcessSetup extends Omit<TaskSetup, 'vectors'> {
  readonly folder: string;
  /** Of each vector. */
  readonly length: number;
  readonly shards: number;
  /** The shards that it computes. */
  readonly own: readonly number[];
}

export interface ProcessPool {
  /** For each process the variables that choose its device; none where threads are to compute. */
  readonly environments: readonly Readonly<Record<string, string>>[];
  /** Where vectors are exchanged; deleted at the end. */
  readonly folder: string;
}

/**
 * Workers whose gradients and findings are computed by processes, one a GPU, while sums and updates stay with the threads
 * beside them: each process reads the parameters, writes its shards' gradients, and these are averaged as threads' are,
 * with the same result.
 * @param threads one a process
 */
export async function startProcesses(
  { environments, folder }: ProcessPool,
  { vectors, ...setup }: TaskSetup,
  threads: readonly ShardWorker[],
): Promise<ShardWorker[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const entry = fileURLToPath(new URL('./process-worker.js', import.meta.url));
  const { length } = vectors.parameters;
  const shards = vectors.gradients.length;
  const parameters = new PublishedVector(join(folder, 'parameters'), vectors.parameters);
  const average = new PublishedVector(join(folder, 'average'), vectors.average);
  const start = async (environment: Readonly<Record<string, string>>, i: number): Promise<ShardWorker> => {
    const thread = threads[i];
    if (!thread) throw new Error(`process ${i} has no thread`);
    const all = Array.from({ length: shards }, (_, shard) => shard);
    const own = all.filter((shard) => shard % environments.length === i);
    const child = await startProcess(entry, { ...setup, folder, length, shards, own } satisfies ProcessSetup, environment); // prettier-ignore
    return {
      device: child.device,
      gradients: async (request) => {
        const samples = request.samples.map(withOwnPixels);
        const parts = await child.call<Awaited<ReturnType<ShardWorker['gradients']>>>('gradients', parameters.publish(), { ...request, samples }); // prettier-ignore
        const target = vectors.gradients[request.shard];
        if (target) readVector(join(folder, `gradients-${request.shard}`), target);
        return parts;
      },
      squares: (request) => thread.squares(request),
      update: async (request) => {
        await thread.update(request);
        parameters.changed();
        average.changed();
      },
      find: (images, options) => child.call('find', average.publish(), images.map(ownPixels), options),
      stop: async () => {
        await Promise.all([child.stop(), thread.stop()]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  };
  return Promise.all(environments.map(start));
}

/** A vector that processes read from a file, written when it has changed and someone wants it. */
class PublishedVector {
  #version = 0;
  #isStale = true;

  constructor(
    readonly path: string,
    readonly vector: Float32Array,
  ) {}

  changed(): void {
    this.#isStale = true;
  }

  /** @returns the version that the file holds now */
  publish(): number {
    if (this.#isStale) {
      writeVector(this.path, this.vector);
      this.#isStale = false;
      this.#version++;
    }
    return this.#version;
  }
}

/** Memory that threads share cannot go over to a process. */
function ownPixels(image: RgbImage): RgbImage {
  return { ...image, data: Uint8Array.from(image.data) };
}

function withOwnPixels(sample: TrainingSample): TrainingSample {
  const own = (picture: Picture): Picture => ({ ...picture, image: ownPixels(picture.image) });
  return {
    ...sample,
    image: ownPixels(sample.image),
    mosaic: sample.mosaic.map(own),
    mixup: sample.mixup && own(sample.mixup),
  };
}
