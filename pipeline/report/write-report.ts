import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import type { Exhibit, MeasuresExhibit } from '../stage/exhibit.js';
import type { Store } from '../store/store.js';
import { ContentPlacer } from '../store/view/content-placer.js';
import type { ReportedChanges, ReportedStage, ShownExhibit } from './page-model.js';
import { renderPage } from './page.js';
import { costOf } from './cost.js';
import type { PastRun } from './past-run.js';
import type { RunRecords } from './run-records.js';
import type { StageSummary } from './run-summary.js';

const extensions = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/svg+xml': 'svg' } as const;

/**
 * Writes a run's page, `report.html` in the run's folder, with its pictures beside it.
 * @param since what is different from the run before; undefined for the first one
 * @returns the page's path
 */
export async function writeReport(
  summary: PastRun,
  since: ReportedChanges | undefined,
  records: RunRecords,
): Promise<string> {
  const { store } = records;
  const directory = store.runDirectory(summary.runId);
  const stages: ReportedStage[] = [];
  for (const stage of summary.stages.values()) stages.push(await reportStage(stage, records, directory));
  const page = renderPage({
    pipelineName: summary.pipeline,
    runId: summary.runId,
    startedAt: new Date(summary.startedMs).toISOString(),
    tookMs: summary.tookMs,
    outcome: summary.outcome,
    seed: summary.seed,
    stages,
    ...(since ? { since } : {}),
    cost: costOf(summary.stages.values(), await store.history.read(summary.pipeline)),
  });
  const path = join(directory, 'report.html');
  await writeAtomically(path, page);
  return path;
}

async function reportStage(
  stage: StageSummary,
  records: RunRecords,
  directory: string,
): Promise<ReportedStage> {
  const made = stage.state === 'cached' || stage.state === 'ran';
  const { store } = records;
  const record = made ? await records.of(stage) : undefined;
  const exhibits: ShownExhibit[] = [];
  for (const exhibit of record?.exhibits ?? []) {
    if (exhibit.type === 'measures') continue;
    // A picture that the cache does not hand out is no reason to have no page.
    if (exhibit.type === 'picture' && store.cache && !(await store.cache.fetch(exhibit))) continue;
    exhibits.push(await placed(exhibit, store, directory));
  }
  return {
    name: stage.name,
    kind: stage.kind,
    needs: stage.needs,
    state: stage.state,
    reason: stage.reasons.join('; '),
    tookMs: stage.tookMs,
    recordedMs: record?.tookMs ?? stage.tookMs,
    ...(stage.items
      ? { items: { ...stage.items, made: stage.items.total - stage.items.reused - stage.items.failed } }
      : {}),
    artifacts: Object.entries(stage.outputs).map(([output, artifact]) => ({ output, ...artifact })),
    metrics: record?.metrics ?? {},
    warnings: record?.warnings ?? stage.warnings,
    ...(stage.error === undefined ? {} : { error: stage.error }),
    exhibits,
  };
}

async function placed(
  exhibit: Exclude<Exhibit, MeasuresExhibit>,
  store: Store,
  directory: string,
): Promise<ShownExhibit> {
  if (exhibit.type !== 'picture') return exhibit;
  const { title, caption, mediaType, digest } = exhibit;
  const src = `pictures/${digest.slice(0, 16)}.${extensions[mediaType]}`;
  await new ContentPlacer().place(store.blobs.path(digest), join(directory, src));
  return { type: 'picture', title, mediaType, src, ...(caption === undefined ? {} : { caption }) };
}
