import { upstream } from '../plan/order-stages.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import { pullResult } from '../store/remotes/pull-result.js';
import type { ArtifactsByStage, StageState } from './stage-state.js';
import { showStage } from './views.js';
import type { World } from './world.js';

type Outputs = Readonly<Record<string, Artifact>>;

/**
 * The results of a run that the cache has and the store does not. They stay away until somebody needs their files:
 * a stage that runs and takes from them, or a person, for whom the ends of the plan are shown in `out/`.
 */
export class AwayResults {
  readonly #away = new Map<string, StageState>();
  readonly #coming = new Map<string, Promise<Outputs>>();
  readonly #takenFrom: ReadonlySet<string>;

  /** @param makeHere makes a result after all, when the cache does not hand it out */
  constructor(
    private readonly plan: Plan,
    private readonly world: World,
    private readonly makeHere: (stage: PlannedStage) => Promise<Outputs>,
  ) {
    this.#takenFrom = new Set(plan.stages.flatMap(({ inputs }) => upstream(inputs)));
  }

  /** Whether other stages of the plan take from this one, so that it may stay away as long as they do not run. */
  mayStayAway({ name }: PlannedStage): boolean {
    return this.#takenFrom.has(name);
  }

  leave(state: StageState): void {
    this.#away.set(state.stage.name, state);
  }

  /** Brings a result into the store. @returns whether it is there now; if not, it has to be made */
  async fetch(state: StageState): Promise<boolean> {
    const { cache } = this.world.store;
    const record = await cache?.readStage(state.key);
    if (!cache || !record) return false;
    const { contents, bytes, failed } = await pullResult(this.world.store, cache, state.key, record);
    if (failed > 0) {
      cache.forget(state.key);
      return false;
    }
    this.world.emit({ type: 'stage-fetched', stage: state.stage.name, contents, bytes });
    return true;
  }

  /**
   * Brings what a stage takes from into the store.
   * @returns the results that came out differently, because they had to be made after all
   */
  async bringInputs(stage: PlannedStage, artifacts: ArtifactsByStage): Promise<ReadonlyMap<string, Outputs>> {
    const changed = new Map<string, Outputs>();
    for (const name of upstream(stage.inputs)) {
      const state = this.#away.get(name);
      if (!state) continue;
      let coming = this.#coming.get(name);
      if (!coming) {
        coming = this.#bring(state);
        this.#coming.set(name, coming);
      }
      const outputs = await coming;
      const before = artifacts.get(name) ?? {};
      if (Object.entries(outputs).some(([output, { digest }]) => before[output]?.digest !== digest))
        changed.set(name, outputs);
    }
    return changed;
  }

  async #bring(state: StageState): Promise<Outputs> {
    if (state.record && (await this.fetch(state))) {
      await showStage(this.plan.file, state.stage, state.record.outputs, this.world);
      return state.record.outputs;
    }
    return this.makeHere(state.stage);
  }
}
