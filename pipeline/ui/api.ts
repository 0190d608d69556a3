import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/user-error.js';
import { progressPath, stageLogPath } from '../events/journal.js';
import { listRuns, readJournal } from '../events/read-journal.js';
import { differenceRows } from '../report/difference-rows.js';
import { pastRun, type PastRun } from '../report/past-run.js';
import { isSame, runDifferences } from '../report/run-differences.js';
import { RunRecords } from '../report/run-records.js';
import { runRows } from '../report/run-rows.js';
import type { Store } from '../store/store.js';
import type { RunControl } from './run-control.js';
import { tailOf } from './served-files.js';

const runsShown = 50;

/** What the live page asks for, and what it may ask to be done. */
export class Api {
  /** @param control undefined where the page may only look */
  constructor(
    private readonly pipeline: string,
    private readonly store: Store,
    private readonly control: RunControl | undefined,
  ) {}

  /** @returns undefined for what there is not */
  async get(path: string, query: URLSearchParams): Promise<object | undefined> {
    switch (path) {
      case 'runs':
        return {
          pipeline: this.pipeline,
          control: this.control !== undefined,
          runs: await runRows(this.store, this.pipeline, runsShown),
        };
      case 'log': {
        const run = await this.run(query.get('run'));
        const stage = query.get('stage') ?? '';
        // Of the run's own stages only: their names are where a path would begin.
        if (!run?.stages.has(stage)) return undefined;
        return { text: await tailOf(stageLogPath(this.store.runDirectory(run.runId), stage)) };
      }
      case 'compare': {
        const [before, after] = [await this.run(query.get('before')), await this.run(query.get('after'))];
        if (!before || !after) return undefined;
        const stages = await runDifferences(before, after, new RunRecords(this.store));
        return { rows: stages.filter((stage) => !isSame(stage)).flatMap(differenceRows) };
      }
      default:
        return undefined;
    }
  }

  /** @throws UserError for what cannot be done @returns undefined for what there is not */
  async post(path: string, body: unknown): Promise<object | undefined> {
    const { control } = this;
    if (!control)
      throw new UserError('This page only shows. `pipeline ui --control` lets it start, cancel and retry.');
    const request = requestSchema.safeParse(body).data;
    if (!request) throw new UserError('This is not what the page would ask.');
    if (path === 'start') {
      control.start(request.stage);
      return {};
    }
    const run = await this.run(request.run);
    if (!run) return undefined;
    if (request.stage !== undefined && !run.stages.has(request.stage)) return undefined;
    if (path !== 'cancel') return undefined;
    if (request.stage === undefined) await control.cancelRun(run.runId);
    else await control.cancelStage(run.runId, request.stage);
    return {};
  }

  /** A run of this pipeline; ids that the store does not list are none: no path is made of them. */
  async run(id: string | null | undefined): Promise<PastRun | undefined> {
    if (!id || !(await listRuns(this.store.runsDirectory)).includes(id)) return undefined;
    const run = pastRun(await readJournal(this.store.runDirectory(id)));
    return run?.pipeline === this.pipeline ? run : undefined;
  }

  /** Where the events of a run come from. */
  async eventFiles(id: string | null): Promise<readonly string[] | undefined> {
    const run = await this.run(id);
    if (!run) return undefined;
    const directory = this.store.runDirectory(run.runId);
    return [join(directory, 'journal.ndjson'), progressPath(directory)];
  }

  /** Whether nothing more will happen in a run. */
  async hasEnded(id: string): Promise<boolean> {
    return !(await this.store.presence.list()).some(({ runId }) => runId === id);
  }
}

const requestSchema = z.strictObject({ run: z.string().optional(), stage: z.string().optional() });
