import type { Cluster, ClusterLimits } from './cluster.js';
import type { FarmWork } from './farm-work.js';
import { StageOnFarm } from './stage-on-farm.js';
import { defaultTimes, Watch, type FarmTimes } from './watch.js';

/** Runs stages as tasks of a cluster. One for a run: all its stages share the one question to the engine. */
export class Farm {
  readonly #watch: Watch;
  #limits: Promise<ClusterLimits> | undefined;

  /**
   * @param script what a node runs for a submission in a folder: a shell script that takes a task's index
   * @param maxTasks at most so many tasks of a stage wait and run at once
   */
  constructor(
    readonly cluster: Cluster,
    readonly script: (directory: string) => string,
    readonly maxTasks: number | undefined,
    readonly times: FarmTimes = defaultTimes,
  ) {
    this.#watch = new Watch(cluster, times);
  }

  /**
   * Does a stage's work: until every item is made or given up, or the whole stage has ended.
   * @throws UserError when the engine refuses the tasks; the signal's reason when it aborts: then the tasks are cancelled
   */
  async run(work: FarmWork): Promise<void> {
    this.#limits ??= this.cluster.limits();
    const limits = await this.#limits;
    const most = Math.min(limits.tasksAtOnce, this.maxTasks ?? Infinity);
    await new StageOnFarm(work, this, this.#watch, { ...limits, tasksAtOnce: most }).run();
  }
}
