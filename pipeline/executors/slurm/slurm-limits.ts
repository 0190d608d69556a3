import type { ClusterLimits } from '../farm/cluster.js';

const defaultArraySize = 1001;
const defaultJobCount = 10_000;
/** More in one submission make its files many, and help nobody. */
const mostAtOnce = 1000;

/** What `scontrol show config` says of arrays. The largest index is one less than MaxArraySize. */
export function slurmLimits(config: string): ClusterLimits {
  const value = (name: string, otherwise: number): number => {
    const found = new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(config)?.[1];
    return found === undefined ? otherwise : Number(found);
  };
  const arraySize = Math.max(2, value('MaxArraySize', defaultArraySize));
  const jobCount = value('MaxJobCount', defaultJobCount);
  return {
    tasksPerSubmission: Math.min(arraySize - 1, mostAtOnce),
    largestIndex: arraySize - 1,
    // Half of what the controller holds: others have jobs, too.
    tasksAtOnce: Math.max(1, Math.min(mostAtOnce, Math.floor(jobCount / 2))),
  };
}
