import { UserError } from '../core/user-error.js';
import type { Cluster } from '../executors/farm/cluster.js';
import { Farm } from '../executors/farm/farm.js';
import { farmTimes } from '../executors/farm/farm-times.js';
import { workerScript } from '../executors/farm/worker-script.js';
import { SlurmCluster } from '../executors/slurm/slurm-cluster.js';
import { openEngine } from '../executors/submit/open-engine.js';
import { SubmitCluster } from '../executors/submit/submit-cluster.js';
import { taskScript } from '../executors/submit/task-script.js';
import type { PipelineFile } from '../file/parse.js';
import { placedError } from '../file/placed-error.js';
import type { Plan } from '../plan/plan.js';
import type { FarmOfRun } from '../run/world.js';
import type { ExecutorName } from './executor-names.js';
import type { Program } from './program.js';
import { programEntry, programIdentity } from './program-identity.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Tasks of an engine without a say of the file, waiting and running together. */
const usualTasksAtOnce = 200;

/**
 * The cluster that `--executor` names; undefined for a run on this machine.
 * @throws UserError when it is not there, DiagnosticError for a wrong `submit:` of the file
 */
export async function farmOfRun(
  plan: Plan,
  options: { readonly executor?: ExecutorName; readonly set: readonly string[]; readonly jobs?: number },
  program: Program,
  env: Environment,
): Promise<FarmOfRun | undefined> {
  const { executor = 'local', set, jobs } = options;
  if (executor === 'local') return undefined;
  const { file } = plan;
  const cluster = executor === 'slurm' ? new SlurmCluster(env) : await submitCluster(file, env);
  // Asked now: a run without a cluster is to end before it begins.
  await cluster.limits();
  const words = file.submit?.program ?? [process.execPath, await programEntry()];
  const script = executor === 'slurm' ? workerScript : taskScript;
  return {
    farm: new Farm(cluster, (directory) => script(words, directory), jobs, farmTimes(env)),
    base: { program: await programIdentity(program), file: file.path, settings: [...set] },
  };
}

async function submitCluster(file: PipelineFile, env: Environment): Promise<Cluster> {
  const { submit, source } = file;
  if (!submit)
    throw new UserError(`${source.file} does not say which engine takes the tasks.`, {
      hint: 'As in `submit: lsf`; pipeline/executors/README.md lists the engines.',
    });
  try {
    const engine = await openEngine(submit, file.directory);
    return new SubmitCluster(engine, submit.values, submit.atOnce ?? usualTasksAtOnce, env);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw placedError(error, source, source.locateKey(['submit']));
  }
}
