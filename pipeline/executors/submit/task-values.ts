import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Submission } from '../farm/cluster.js';
import type { Values } from './fill-in.js';

/**
 * What the {names} of an engine's words stand for, for one task: what the stage's `resources:` and `slurm:` say, the
 * partition being the queue, and where its files are.
 */
export function taskValues(
  { nonce, directory, needs }: Omit<Submission, 'indices'>,
  index: number,
  more: Readonly<Record<string, string>>,
): Values {
  const { resources, memoryMb, minutes, excludedNodes, options } = needs;
  const { cpu, gpu } = resources;
  const all: Record<string, string | number | undefined> = {
    name: nonce,
    index,
    script: join(directory, 'script.sh'),
    directory,
    cpu,
    gpu: gpu === 0 ? undefined : gpu,
    memoryMb,
    memoryMbPerCpu: memoryMb === undefined ? undefined : Math.ceil(memoryMb / cpu),
    memoryGb: memoryMb === undefined ? undefined : (memoryMb / 1024).toFixed(2),
    minutes,
    seconds: minutes === undefined ? undefined : 60 * minutes,
    clock: minutes === undefined ? undefined : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:00`,
    queue: options.partition,
    account: options.account,
    qos: options.qos,
    constraint: options.constraint,
    exclude: excludedNodes.at(-1),
    document: undefined,
  };
  const own = Object.entries(all).map(
    ([name, value]) => [name, value === undefined ? undefined : String(value)] as const,
  );
  return new Map([...own, ...ownValues(more)]);
}

/** What {names} stand for whatever the task: what the pipeline file says, and who we are. */
export function ownValues(values: Readonly<Record<string, string>>): Values {
  const all = { user: userInfo().username, namespace: undefined, show: undefined, ...values };
  return new Map(Object.entries(all));
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
