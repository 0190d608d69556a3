import { availableParallelism, totalmem } from 'node:os';
import type { Resources } from '../stage/definition.js';

const bytesPerMb = 1024 * 1024;

/** All that jobs can have of a machine at once. */
export interface Capacity {
  readonly cpu: number;
  readonly memoryMb: number;
  /** The numbers by which nvidia-smi and, with the order of the PCI bus, CUDA know them. */
  readonly gpus: readonly number[];
}

/** CPUs and memory of this machine, or of the container that this process is held in; the GPUs are handed in. */
export function machineCapacity(gpus: readonly number[]): Capacity {
  // Without a limit this is 0, or more than there is.
  const limitBytes = process.constrainedMemory();
  const memoryBytes = limitBytes > 0 ? Math.min(limitBytes, totalmem()) : totalmem();
  return { cpu: availableParallelism(), memoryMb: Math.floor(memoryBytes / bytesPerMb), gpus };
}

/** How many GPUs a job is given: those it needs, or of those it would take as many as there are. */
export function gpusOf({ gpu = 0, gpuIfAny = 0 }: Resources, { gpus }: Capacity): number {
  return Math.max(gpu, Math.min(gpuIfAny, gpus.length));
}

/** What a job asks for beyond all that there is, in words with both numbers; empty when it fits. */
export function shortages(resources: Resources, capacity: Capacity): readonly string[] {
  const { cpu, memoryMb = 0, gpu = 0 } = resources;
  return [
    ...(cpu > capacity.cpu ? [`asks for ${counted(cpu, 'CPU')}, and there are ${capacity.cpu}`] : []),
    ...(memoryMb > capacity.memoryMb
      ? [`asks for ${memoryMb} MiB of memory, and there are ${capacity.memoryMb}`]
      : []),
    ...(gpu > capacity.gpus.length
      ? [`asks for ${counted(gpu, 'GPU')}, and there are ${capacity.gpus.length} for this run`]
      : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
