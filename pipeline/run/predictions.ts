import type { HistoryEntry, HistoryStage } from '../store/history.js';

/** What making a stage is expected to take, by what it took before. */
export interface Prediction {
  /** From the start of its first job to its record. */
  readonly tookMs: number;
  /** Of its outputs; what they share with others in the store counts again. */
  readonly sizeBytes: number;
  /** What it is taken from: the stage itself, instances of the same stage, or stages of the same kind. */
  readonly from: 'itself' | 'instances' | 'kind';
}

export interface PredictedStage {
  /** `detector[seed=2]`. */
  readonly name: string;
  readonly kind: string;
  /** How many items are to be made; absent where that is not known, and for a stage without items. */
  readonly itemsToMake?: number;
}

type Made = Pick<HistoryStage, 'name' | 'kind' | 'tookMs' | 'sizeBytes' | 'items'>;

/** So many of the last times are averaged: what a machine took last year says little. */
const lastTimes = 5;

/** Predicts stages from the runs that the store remembers, and from what is made meanwhile. */
export class Predictions {
  readonly #made: Made[];

  /** @param history the earliest run first */
  constructor(history: readonly HistoryEntry[]) {
    this.#made = history.flatMap(({ stages }) => stages.filter(({ state }) => state === 'ran'));
  }

  /** A stage was made just now. */
  add(made: Made): void {
    this.#made.push(made);
  }

  /** @returns undefined when nothing of its kind was ever made */
  of(stage: PredictedStage): Prediction | undefined {
    const declared = declaredName(stage.name);
    const sources = [
      ['itself', (made: Made) => made.name === stage.name],
      ['instances', (made: Made) => declaredName(made.name) === declared],
      ['kind', (made: Made) => made.kind === stage.kind],
    ] as const;
    for (const [from, isMeant] of sources) {
      const times = this.#made.filter((made) => isMeant(made) && madeItems(made) !== 0).slice(-lastTimes);
      if (times.length > 0) return { ...meanOf(times, stage.itemsToMake), from };
    }
    return undefined;
  }
}

function meanOf(times: readonly Made[], itemsToMake: number | undefined): Omit<Prediction, 'from'> {
  const mean = (value: (made: Made) => number): number =>
    times.reduce((sum, made) => sum + value(made), 0) / times.length;
  const share = (items: number | undefined): number =>
    items === undefined || itemsToMake === undefined || items === 0 ? 1 : itemsToMake / items;
  return {
    tookMs: mean((made) => made.tookMs * share(madeItems(made))),
    sizeBytes: mean((made) => made.sizeBytes * share(made.items?.total)),
  };
}

/** How many items a stage made by itself; undefined for a stage without items. */
function madeItems({ items }: Pick<HistoryStage, 'items'>): number | undefined {
  return items && items.total - items.reused - items.failed;
}

function declaredName(name: string): string {
  return name.replace(/\[.*$/, '');
}
