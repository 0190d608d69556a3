import type { RunEvent } from '../../events/event.js';
import { ProgressMeter } from '../../report/progress-meter.js';
import { RunSummaryGatherer, type RunSummary, type StageOutcome } from '../../report/run-summary.js';

/** A point of a curve: how far the stage was, and the number. */
export type CurvePoint = readonly [done: number, value: number];

/** More points than a curve is wide are thinned. */
const mostPoints = 2000;

export interface WatchedPicture {
  readonly title: string;
  readonly file: string;
  readonly atMs: number;
}

/** What is known of a stage at the moment. */
export interface WatchedStage {
  readonly meter: ProgressMeter;
  readonly curves: Map<string, CurvePoint[]>;
  /** The latest last. */
  pictures: readonly WatchedPicture[];
  isRunning: boolean;
}

export type WatchedState = StageOutcome | 'running' | 'waiting';

/** A run as its events tell it, while it goes on. Pure: nothing is drawn here. */
export class WatchedRun {
  readonly #gatherer = new RunSummaryGatherer();
  readonly #stages = new Map<string, WatchedStage>();
  #hasFinished = false;
  #hasEnded = false;

  get summary(): RunSummary {
    return this.#gatherer.summary;
  }

  /** Whether it came to its end, which it has not when it was killed. */
  get hasFinished(): boolean {
    return this.#hasFinished;
  }

  /** Nothing more will happen. */
  end(): void {
    this.#hasEnded = true;
  }

  stage(name: string): WatchedStage {
    const known = this.#stages.get(name) ?? {
      meter: new ProgressMeter(),
      curves: new Map(),
      pictures: [],
      isRunning: false,
    };
    this.#stages.set(name, known);
    return known;
  }

  /** `running` and `waiting` beside what a summary says. */
  stateOf(name: string): WatchedState {
    const state = this.summary.stages.get(name)?.state ?? 'skipped';
    const { isRunning } = this.stage(name);
    if (this.#hasEnded) return isRunning ? 'interrupted' : state;
    if (isRunning) return 'running';
    return state === 'skipped' ? 'waiting' : state;
  }

  /** How far a stage is, 0–1. */
  shareOf(name: string): number {
    const state = this.stateOf(name);
    if (state === 'running') return this.stage(name).meter.fraction();
    return state === 'ran' || state === 'cached' ? 1 : 0;
  }

  on(event: RunEvent): void {
    this.#gatherer.on(event);
    if (event.type === 'run-finished') this.#hasFinished = this.#hasEnded = true;
    if (!('stage' in event)) return;
    const stage = this.stage(event.stage);
    switch (event.type) {
      case 'stage-started':
        stage.isRunning = true;
        break;
      case 'stage-progress':
        stage.meter.update(event);
        for (const [name, value] of Object.entries(event.figures ?? {}))
          addPoint(stage, name, [event.done, value]);
        break;
      case 'stage-picture': {
        const others = stage.pictures.filter(({ file }) => file !== event.file);
        stage.pictures = [...others, { title: event.title, file: event.file, atMs: event.atMs }];
        break;
      }
      case 'stage-succeeded':
      case 'stage-failed':
      case 'stage-interrupted':
      case 'stage-left-out':
      case 'stage-reused':
        stage.isRunning = false;
        break;
      case 'stage-waits':
      case 'stage-retried':
      case 'stage-items':
      case 'stage-log':
      case 'stage-warning':
      case 'item-failed':
      case 'stage-blocked':
      case 'stage-fetched':
        break;
    }
  }
}

function addPoint({ curves }: WatchedStage, name: string, point: CurvePoint): void {
  const points = curves.get(name) ?? [];
  // A stage that is tried again begins anew, or where it was.
  while ((points.at(-1)?.[0] ?? -1) >= point[0]) points.pop();
  points.push(point);
  curves.set(name, points.length > mostPoints ? points.filter((_, index) => index % 2 === 0) : points);
}
