import type { JsonValue } from '../core/json.js';
import type { Artifact } from '../stage/artifact.js';

/**
 * Everything that can happen in a run. Execution only emits these; terminal, journal and report consume them.
 * `atMs` is the time since the epoch.
 */
export type RunEvent =
  | RunStarted
  | StageReused
  | StageStarted
  | StageWaits
  | StageRetried
  | StageItems
  | StageProgress
  | StagePicture
  | StageLog
  | StageWarning
  | ItemFailed
  | StageSucceeded
  | StageFailed
  | StageBlocked
  | StageInterrupted
  | StageLeftOut
  | StageFetched
  | CacheSent
  | CacheTrouble
  | ViewRetired
  | RunFinished;

/** An event as it is emitted: the time is put on it at the edge. */
export type UntimedEvent = {
  [K in RunEvent['type']]: Omit<Extract<RunEvent, { type: K }>, 'atMs'>;
}[RunEvent['type']];

interface Timed {
  readonly atMs: number;
}

interface OfStage extends Timed {
  readonly stage: string;
}

/** The plan is made and nothing is wrong with it. */
export interface RunStarted extends Timed {
  readonly type: 'run-started';
  readonly runId: string;
  readonly pipeline: string;
  readonly file: string;
  readonly seed: number;
  readonly stages: readonly {
    readonly name: string;
    readonly kind: string;
    /** The stages that it takes from; absent in older journals. */
    readonly needs?: readonly string[];
  }[];
}

/** The stage's result came out of the store; nothing was done. */
export interface StageReused extends OfStage {
  readonly type: 'stage-reused';
  readonly key: string;
  readonly outputs: Readonly<Record<string, Artifact>>;
  readonly itemCount?: number;
  /** The record came out of the cache, and its contents stay there until somebody needs them. */
  readonly away?: true;
}

/** Contents of the stage came out of the cache into the store. */
export interface StageFetched extends OfStage {
  readonly type: 'stage-fetched';
  readonly contents: number;
  readonly bytes: number;
  /** How many items they belong to; absent when it is the whole stage. */
  readonly items?: number;
}

/** A result was left in the cache; or a part of it, when it gave trouble. */
export interface CacheSent extends Timed {
  readonly type: 'cache-sent';
  readonly stages: number;
  readonly contents: number;
  readonly bytes: number;
}

/** The cache did not do what it was asked to; the run goes on without. */
export interface CacheTrouble extends Timed {
  readonly type: 'cache-trouble';
  readonly message: string;
}

/** The stage has to run. */
export interface StageStarted extends OfStage {
  readonly type: 'stage-started';
  readonly key: string;
  /** Why, in words; at least one line. */
  readonly reasons: readonly string[];
}

/** Somebody else makes the same, or some of the stage's items; their result will do. */
export interface StageWaits extends OfStage {
  readonly type: 'stage-waits';
  /** Who: another run's process, or this one when two stages of a run make the same. */
  readonly owner: { readonly runId: string; readonly host: string; readonly pid: number };
  readonly sameRun: boolean;
  /** How many items are waited for; absent when it is the whole stage. */
  readonly items?: number;
}

/** An attempt at the stage failed; after a wait there will be another one. */
export interface StageRetried extends OfStage {
  readonly type: 'stage-retried';
  /** Number of the attempt that follows, from 2 on. */
  readonly attempt: number;
  readonly attempts: number;
  readonly waitMs: number;
  readonly message: string;
}

/** A map stage knows which of its items the store already has. */
export interface StageItems extends OfStage {
  readonly type: 'stage-items';
  readonly total: number;
  readonly reused: number;
}

/** How far a stage is. */
export interface StageProgress extends OfStage {
  readonly type: 'stage-progress';
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note?: string;
  /** Numbers of this moment by name, as the loss of a training. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** A picture of what the stage makes; the latest few are kept. */
export interface StagePicture extends OfStage {
  readonly type: 'stage-picture';
  readonly title: string;
  /** Its name in `pictures-live/` of the run's folder. */
  readonly file: string;
}

/** A line that a stage or its child printed. */
export interface StageLog extends OfStage {
  readonly type: 'stage-log';
  readonly line: string;
}

/** Something was left out, repaired or is doubtful. */
export interface StageWarning extends OfStage {
  readonly type: 'stage-warning';
  readonly message: string;
}

/** One item was given up; the others go on. */
export interface ItemFailed extends OfStage {
  readonly type: 'item-failed';
  readonly item: string;
  readonly message: string;
}

/** The stage's outputs are in the store and recorded. */
export interface StageSucceeded extends OfStage {
  readonly type: 'stage-succeeded';
  readonly key: string;
  readonly tookMs: number;
  /** CPUs and GPUs that its jobs had for themselves, times how long. */
  readonly held?: { readonly cpuMs: number; readonly gpuMs: number };
  readonly outputs: Readonly<Record<string, Artifact>>;
  readonly metrics: Readonly<Record<string, JsonValue>>;
  readonly itemCount?: number;
}

/** The stage gave up. What it had finished stays. */
export interface StageFailed extends OfStage {
  readonly type: 'stage-failed';
  readonly tookMs: number;
  readonly message: string;
  /** What a child printed last. */
  readonly details: readonly string[];
  readonly hint?: string;
  /** Where all that the stage and its children printed stands, when they printed anything. */
  readonly logFile?: string;
}

/** The stage did not start, because one that it needs failed. */
export interface StageBlocked extends OfStage {
  readonly type: 'stage-blocked';
  readonly by: string;
}

/** The run was cancelled while the stage ran. */
export interface StageInterrupted extends OfStage {
  readonly type: 'stage-interrupted';
  readonly tookMs: number;
}

/** The stage did not start, because the run's time budget does not hold it, or what it needs. */
export interface StageLeftOut extends OfStage {
  readonly type: 'stage-left-out';
  readonly why: string;
}

/** A folder of `out/` showed a stage or an instance that is no longer in the file, and does so no more. */
export interface ViewRetired extends Timed {
  readonly type: 'view-retired';
  /** `<stage>` or `<stage>/axis=label`. */
  readonly folder: string;
  /** Files in it that were somebody else's; they stay. */
  readonly kept: readonly string[];
}

export type RunOutcome = 'succeeded' | 'failed' | 'interrupted';

/** Nothing more will happen. */
export interface RunFinished extends Timed {
  readonly type: 'run-finished';
  readonly outcome: RunOutcome;
  readonly tookMs: number;
}
