import { UserError } from '../../pipeline/core/user-error.js';
import { expectedBackend } from '../lib/tensors/backend-choice.js';
import type { YoloTrainParams } from './params.js';
import { startProcesses, type ProcessPool } from './process-pool.js';
import type { TaskSetup } from './shard-task.js';
import { startWorkers, type ShardWorker } from './worker-pool.js';

export interface Computing {
  readonly params: Pick<YoloTrainParams, 'backend' | 'shards'>;
  /** Threads, at most one a shard; one where they would share a graphics card. */
  readonly workers: number;
  /** Processes that compute instead of threads; threads where there are none. */
  readonly processes?: ProcessPool;
}

/** Starts what computes: threads, or a process for each GPU. */
export async function startComputing(
  { params, workers, processes }: Computing,
  setup: TaskSetup,
): Promise<ShardWorker[]> {
  if (processes && processes.environments.length > 0) {
    const threads = await startWorkers(processes.environments.length, { ...setup, backend: 'cpu' });
    return startProcesses(processes, setup, threads);
  }
  // Of the native library only one thread can hold a copy, and a graphics card gains nothing by two.
  const ownsProcessor = ['wasm', 'cpu'].includes(expectedBackend(params.backend));
  return startWorkers(ownsProcessor ? Math.min(workers, params.shards) : 1, setup);
}

/**
 * The variables that give each of several processes a GPU of its own.
 * @param gpus numbers of those that the job has for itself
 * @returns one a process; none where threads of this process compute
 * @throws UserError where the backend cannot be told which GPU to take
 */
export function processEnvironments(
  { processes, backend }: Pick<YoloTrainParams, 'processes' | 'backend'>,
  gpus: readonly number[],
): Readonly<Record<string, string>>[] {
  if (processes === 1 && gpus.length === 0) return [];
  if (processes > 1 && expectedBackend(backend) === 'webgpu')
    throw new UserError('WebGPU takes one graphics card; it cannot be told to take several.', {
      hint: 'Leave `processes` out, or use `backend: gpu`.',
    });
  return Array.from({ length: processes }, (_, i) => {
    const gpu = gpus[i];
    if (gpu === undefined) return {};
    return {
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: `${gpu}`,
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    };
  });
}
