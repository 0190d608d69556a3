import { Farm } from '../executors/farm/farm.js';
import { farmTimes } from '../executors/farm/farm-times.js';
import { SlurmCluster } from '../executors/slurm/slurm-cluster.js';
import { workerScript } from '../executors/farm/worker-script.js';
import type { Plan } from '../plan/plan.js';
import type { FarmOfRun } from '../run/world.js';
import type { Program } from './program.js';
import { programEntry, programIdentity } from './program-identity.js';
import type { ExecutorName } from './executor-names.js';

/** The cluster that `--executor` names; undefined for a run on this machine. @throws UserError when it is not there */
export async function farmOfRun(
  plan: Plan,
  options: { readonly executor?: ExecutorName; readonly set: readonly string[]; readonly jobs?: number },
  program: Program,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FarmOfRun | undefined> {
  const { executor = 'local', set, jobs } = options;
  if (executor === 'local') return undefined;
  const cluster = new SlurmCluster(env);
  // Asked now: a run without a cluster is to end before it begins.
  await cluster.limits();
  const words = [process.execPath, await programEntry()];
  const script = (directory: string): string => workerScript(words, directory);
  return {
    farm: new Farm(cluster, script, jobs, farmTimes(env)),
    base: { program: await programIdentity(program), file: plan.file.path, settings: [...set] },
  };
}
