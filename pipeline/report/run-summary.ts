import type { RunEvent, RunOutcome } from '../events/event.js';
import type { JsonValue } from '../core/json.js';
import type { Artifact } from '../stage/artifact.js';

export type StageOutcome = 'cached' | 'ran' | 'failed' | 'blocked' | 'interrupted' | 'left-out' | 'skipped';

/** What became of a stage in a run, gathered from its events. */
export interface StageSummary {
  readonly name: string;
  readonly kind: string;
  /** The stages that it takes from. */
  readonly needs: readonly string[];
  state: StageOutcome;
  key?: string;
  reasons: readonly string[];
  tookMs: number;
  /** CPUs and GPUs times how long, of what ran in this run and succeeded. */
  held?: { readonly cpuMs: number; readonly gpuMs: number };
  items?: { total: number; reused: number; failed: number };
  outputs: Readonly<Record<string, Artifact>>;
  metrics: Readonly<Record<string, JsonValue>>;
  warnings: string[];
  error?: string;
}

/** A run, gathered from its events. */
export interface RunSummary {
  runId: string;
  pipeline: string;
  file: string;
  seed: number;
  startedMs: number;
  tookMs: number;
  outcome: RunOutcome;
  readonly stages: Map<string, StageSummary>;
}

/** Gathers a run's events; `summary` is complete after `run-finished`. */
export class RunSummaryGatherer {
  readonly summary: RunSummary = {
    runId: '',
    pipeline: '',
    file: '',
    seed: 0,
    startedMs: 0,
    tookMs: 0,
    outcome: 'interrupted',
    stages: new Map(),
  };

  on(event: RunEvent): void {
    if (event.type === 'run-started') {
      const { runId, pipeline, file, seed, atMs } = event;
      Object.assign(this.summary, { runId, pipeline, file, seed, startedMs: atMs });
      for (const { name, kind, needs = [] } of event.stages)
        this.summary.stages.set(name, {
          name,
          kind,
          needs,
          state: 'skipped',
          reasons: [],
          tookMs: 0,
          outputs: {},
          metrics: {},
          warnings: [],
        });
    } else if (event.type === 'run-finished') {
      Object.assign(this.summary, { outcome: event.outcome, tookMs: event.tookMs });
    } else if ('stage' in event) {
      const stage = this.summary.stages.get(event.stage);
      if (stage) gather(stage, event);
    }
  }
}

function gather(stage: StageSummary, event: Extract<RunEvent, { readonly stage: string }>): void {
  switch (event.type) {
    case 'stage-reused':
      Object.assign(stage, { state: 'cached', key: event.key, outputs: event.outputs });
      if (event.itemCount !== undefined)
        stage.items = { total: event.itemCount, reused: event.itemCount, failed: 0 };
      break;
    case 'stage-started':
      Object.assign(stage, { key: event.key, reasons: event.reasons });
      break;
    case 'stage-retried':
      // What counts is how the last attempt ends.
      stage.warnings = [];
      if (stage.items) stage.items.failed = 0;
      break;
    case 'stage-items':
      stage.items = { total: event.total, reused: event.reused, failed: 0 };
      break;
    case 'item-failed':
      if (stage.items) stage.items.failed++;
      break;
    case 'stage-warning':
      stage.warnings.push(event.message);
      break;
    case 'stage-succeeded':
      Object.assign(stage, {
        state: 'ran',
        tookMs: event.tookMs,
        outputs: event.outputs,
        metrics: event.metrics,
        ...(event.held ? { held: event.held } : {}),
      });
      break;
    case 'stage-failed': {
      const log = event.logFile ? [`The whole log: ${event.logFile}`] : [];
      const text = [event.message, ...event.details, ...log, ...(event.hint ? [event.hint] : [])].join('\n');
      Object.assign(stage, { state: 'failed', tookMs: event.tookMs, error: text });
      break;
    }
    case 'stage-blocked':
      stage.state = 'blocked';
      stage.error = `did not start, because ${event.by} failed`;
      break;
    case 'stage-left-out':
      Object.assign(stage, { state: 'left-out', reasons: [`left out: ${event.why}`] });
      break;
    case 'stage-interrupted':
      Object.assign(stage, { state: 'interrupted', tookMs: event.tookMs });
      break;
    case 'stage-waits':
    case 'stage-fetched':
    case 'stage-progress':
    case 'stage-picture':
    case 'stage-log':
      break;
  }
}
