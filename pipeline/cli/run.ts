import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { withoutSecrets, type Secrets } from '../core/secrets.js';
import { DiagnosticError } from '../core/diagnostic.js';
import { diskFailure } from '../core/disk-failure.js';
import { UserError } from '../core/user-error.js';
import { Journal } from '../events/journal.js';
import type { UntimedEvent } from '../events/event.js';
import { machineCapacity, type Capacity } from '../executors/capacity.js';
import { usableGpus } from '../executors/gpus.js';
import { localExecutor } from '../executors/local.js';
import { upstream } from '../plan/order-stages.js';
import type { Plan } from '../plan/plan.js';
import { RunSummaryGatherer } from '../report/run-summary.js';
import { budgetOf } from '../run/budget.js';
import { Cancellations } from '../run/cancellations.js';
import { missingResources } from '../run/check-resources.js';
import { localHost } from '../run/host.js';
import { Locks } from '../run/lock.js';
import { missingSources } from '../run/sources.js';
import { runPlan } from '../run/scheduler.js';
import type { FarmOfRun } from '../run/world.js';
import type { Host } from '../stage/context.js';
import type { Announcement } from '../store/presence/announcement.js';
import { Store } from '../store/store.js';
import { concludeRun } from './conclude-run.js';
import { openCache, type CacheFlags } from './open-cache.js';
import type { ExecutorName } from './executor-names.js';
import { detachRun } from './detach-run.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { chooseReporter } from './choose-reporter.js';
import { farmOfRun } from './farm-of-run.js';
import { loadPlan } from './load-plan.js';
import { otherRun } from './only-run.js';
import type { Console, Program } from './program.js';

export interface RunOptions extends CacheFlags {
  readonly set: readonly string[];
  readonly jobs?: number;
  readonly gpus?: readonly number[];
  readonly keepGoing?: boolean;
  readonly json?: boolean;
  readonly store?: string;
  readonly failOnRegression?: boolean;
  /** False when no other run with this option may go on meanwhile. */
  readonly overlap?: boolean;
  readonly executor?: ExecutorName;
  /** Go on without this terminal. */
  readonly detach?: boolean;
  /** What a run that was started by `--detach` is called. */
  readonly runId?: string;
}

/** Other words for credentials that an SDK might quote. */
const credentialVariables = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AZURE_STORAGE_CONNECTION_STRING',
  'AZURE_STORAGE_KEY',
  'AZURE_STORAGE_SAS_TOKEN',
  'AZURE_CLIENT_SECRET',
];

/** `pipeline run [FILE] [STAGE…]`: makes what is not there yet. @returns the exit code */
export async function runCommand(
  words: readonly string[],
  options: RunOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan, storeDirectory } = await loadPlan(words, program, options);
  const store = new Store(storeDirectory);
  const missing = await missingSources(plan, signal);
  if (missing.length > 0)
    throw new DiagnosticError(missing, new Map([[plan.file.source.file, plan.file.source.text]]));

  const host = localHost(plan.file.directory, store, signal);
  const wantsGpu = plan.stages.some(
    ({ resources: { gpu = 0, gpuIfAny = 0 } }) => Math.max(gpu, gpuIfAny) > 0,
  );
  const gpus =
    wantsGpu || options.gpus !== undefined ? await usableGpus(host.exec, host.env, options.gpus) : [];
  const capacity = machineCapacity(gpus);
  const farm = await farmOfRun(plan, options, program, host.env);
  const large = await missingResources(plan, capacity, { store, host, farm });
  if (large.length > 0)
    throw new DiagnosticError(large, new Map([[plan.file.source.file, plan.file.source.text]]));

  const runId = options.runId ?? newRunId();
  if (options.detach) return detachRun(runId, store, console);
  const here = await store.presence.announceRun(runId, signal);
  try {
    return await runAs(here, { plan, store, host, capacity, farm, options, console, signal });
  } finally {
    await here.leave();
  }
}

interface Prepared {
  readonly plan: Plan;
  readonly store: Store;
  readonly host: Host;
  readonly capacity: Capacity;
  readonly farm: FarmOfRun | undefined;
  readonly options: RunOptions;
  readonly console: Console;
  readonly signal: AbortSignal;
}

async function runAs(
  here: Announcement,
  { plan, store, host, capacity, farm, options, console, signal }: Prepared,
): Promise<number> {
  const { runId } = here.self;
  const locks = await Locks.open(store, here);
  const other = options.overlap === false ? await otherRun(plan.file.name, locks, signal) : undefined;
  if (other) {
    await locks.close();
    console.error(
      `${plan.file.name} is being run already: run ${other.runId}, pid ${other.pid} on ${other.host}. Nothing was done.`,
    );
    return exitCodes.busy;
  }
  const runDirectory = store.runDirectory(runId);
  const journal = await Journal.open(runDirectory);
  const gatherer = new RunSummaryGatherer();
  const reporter = await chooseReporter(options.json === true, console);
  const secrets = Object.assign(cacheSecrets(), ...plan.stages.map((stage) => stage.secrets)) as Secrets;
  const emit = (untimed: UntimedEvent): void => {
    const event = withoutSecrets({ ...untimed, atMs: Date.now() }, secrets);
    for (const consumer of [reporter, gatherer]) consumer.on(event);
    journal.write(event);
  };

  store.cache = await openCache(plan.file, options, store, {
    signal,
    onTrouble: (message) => emit({ type: 'cache-trouble', message }),
  });
  const startedMs = Date.now();
  emit({
    type: 'run-started',
    runId,
    pipeline: plan.file.name,
    file: plan.file.path,
    seed: plan.file.seed,
    stages: plan.stages.map(({ name, kind, inputs }) => ({ name, kind: kind.kind, needs: upstream(inputs) })),
  });
  const cancellations = new Cancellations(runDirectory).open();
  const outcome = await runPlan(plan, {
    store,
    executor: localExecutor(capacity, farm ? capacity.cpu : (options.jobs ?? capacity.cpu)),
    farm,
    locks,
    runDirectory,
    keepGoing: options.keepGoing === true,
    gpuLimit: options.gpus,
    host,
    cancellations,
    budget: await budgetOf(plan, store, startedMs),
    viewDirectory: join(plan.file.directory, 'out'),
    signal,
    emit,
  }).finally(() => {
    cancellations.close();
    return locks.close();
  });
  emit({ type: 'run-finished', outcome, tookMs: Date.now() - startedMs });
  reporter.close();
  try {
    await Promise.all([journal.close(), store.files.save()]);
    const verdict = await concludeRun(gatherer.summary, store);
    if (options.json !== true) {
      for (const regression of verdict.regressions) console.out(`worse: ${regression}`);
      console.out(`report: ${verdict.report}`);
    }
    const { notify: hook } = plan.file;
    const unsaid = hook && (await (await import('./notify.js')).notify(hook, verdict, plan.file.directory));
    if (unsaid !== undefined) {
      console.error(unsaid);
      return exitCodes.failure;
    }
    if (outcome === 'succeeded' && options.failOnRegression === true && verdict.regressions.length > 0)
      return exitCodes.failure;
  } catch (error) {
    // The results are safe; what failed is what is written about them.
    const failure = diskFailure(error, runDirectory);
    if (!(failure instanceof UserError)) throw failure;
    for (const line of [failure.message, ...(failure.hint ? [failure.hint] : [])]) console.error(line);
    return exitCodes.failure;
  }
  return exitCodeOf(outcome);
}

/** Credentials that no key knows and no event may quote. */
function cacheSecrets(): Record<string, string> {
  return Object.fromEntries(
    credentialVariables.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** Sorts by time; the random end keeps two runs of one moment apart. */
function newRunId(): string {
  const time = new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
