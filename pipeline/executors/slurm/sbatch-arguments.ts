import { join } from 'node:path';
import type { Submission } from '../farm/cluster.js';

/** How long before its end, in seconds, a stage that can go on later is told to save what it has. */
const warningSeconds = 60;

/** The arguments of sbatch for one submission: always an array, of one task at least. */
export function sbatchArguments({ nonce, directory, indices, needs }: Submission): readonly string[] {
  const { resources, memoryMb, minutes, excludedNodes, options, resumes } = needs;
  const gres = options.gres ?? (resources.gpu ? `gpu:${resources.gpu}` : undefined);
  const given = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    '--parsable',
    `--job-name=${nonce}`,
    `--array=${indexRanges(indices)}`,
    // The log's name is a pattern: relative to this folder, nothing in the folder's own name is one.
    `--chdir=${directory}`,
    '--output=log-%a.txt',
    '--open-mode=append',
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${resources.cpu}`,
    ...given('mem', memoryMb === undefined ? undefined : `${memoryMb}M`),
    ...given('time', minutes),
    ...given('gres', gres),
    ...given('partition', options.partition),
    ...given('account', options.account),
    ...given('qos', options.qos),
    ...given('constraint', options.constraint),
    ...given('exclude', excludedNodes.length > 0 ? excludedNodes.join(',') : undefined),
    ...(resumes ? ['--requeue', `--signal=B:USR2@${warningSeconds}`] : ['--no-requeue']),
    ...(options.extra ?? []),
    join(directory, 'script.sh'),
  ];
}

/** `0-2,5` for 0, 1, 2 and 5: sbatch takes sparse arrays. */
function indexRanges(indices: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.last === index - 1) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
