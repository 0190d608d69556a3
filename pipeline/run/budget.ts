import type { Length } from '../core/duration.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { StageRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { Predictions } from './predictions.js';

/** A stage that takes no more than this share of the budget is made after its end, too: what was trained is judged. */
const smallShare = 0.01;

/** The time budget of the run does not hold the stage. */
export class LeftOutError extends Error {
  override readonly name = 'LeftOutError';
}

/**
 * How long a run may begin new work, and in which order its stages are worth it: in that of the file, all with the
 * first value of the axis `seed` before any with the second. What has begun goes on to its end.
 */
export class Budget {
  readonly #ranks: ReadonlyMap<string, number>;

  constructor(
    private readonly length: Length,
    private readonly startedMs: number,
    stages: readonly PlannedStage[],
    private readonly predictions: Predictions,
  ) {
    const seeds = [...new Set(stages.flatMap(({ labels }) => labels['seed'] ?? []))];
    const round = ({ labels }: PlannedStage): number => seeds.indexOf(labels['seed'] ?? seeds[0] ?? '');
    const byWorth = [...stages].sort((a, b) => round(a) - round(b));
    this.#ranks = new Map(byWorth.map(({ name }, rank) => [name, rank]));
  }

  /** The priority of a stage's jobs: first by what it is worth, then by what they would have without a budget (0 or 1). */
  priority({ name }: PlannedStage, own: number): number {
    return own / 2 - (this.#ranks.get(name) ?? 0);
  }

  /** @throws LeftOutError when the stage is not expected to end in time */
  admit({ name, kind }: PlannedStage, nowMs = Date.now()): void {
    const { ms, text } = this.length;
    const leftMs = this.startedMs + ms - nowMs;
    const predicted = this.predictions.of({ name, kind: kind.kind });
    const takesMs = predicted?.tookMs ?? 0;
    if (takesMs <= Math.max(leftMs, smallShare * ms)) return;
    throw new LeftOutError(
      `the budget of ${text} ${leftMs > 0 ? `has ${minutes(leftMs)} left` : 'is used up'}, and it takes about ${minutes(takesMs)}`,
    );
  }

  /** A stage was made: others of its kind will take as long. */
  made({ name, kind }: PlannedStage, { tookMs, outputs }: StageRecord): void {
    const sizeBytes = Object.values(outputs).reduce((sum, output) => sum + output.sizeBytes, 0);
    this.predictions.add({ name, kind: kind.kind, tookMs, sizeBytes });
  }
}

/** The budget that a pipeline file gives its runs; undefined for none. */
export async function budgetOf(
  { file, stages }: Plan,
  store: Store,
  startedMs: number,
): Promise<Budget | undefined> {
  if (!file.budget) return undefined;
  return new Budget(file.budget, startedMs, stages, new Predictions(await store.history.read(file.name)));
}

/**
 * A stage as it is made without some of those that it takes from: an input that takes a list takes the others.
 * @returns undefined when it cannot do without them
 */
export function withoutInputs(stage: PlannedStage, missing: ReadonlySet<string>): PlannedStage | undefined {
  if (missing.size === 0) return stage;
  const inputs = Object.entries(stage.inputs).map(
    ([input, bindings]) => [input, bindings.filter((binding) => !missing.has(binding.stage))] as const,
  );
  const canDoWithout = inputs.every(
    ([input, left]) =>
      left.length === stage.inputs[input]?.length || (stage.kind.inputs[input]?.many && left.length > 0),
  );
  return canDoWithout ? { ...stage, inputs: Object.fromEntries(inputs) } : undefined;
}

function minutes(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
