import { join } from 'node:path';
import { Eta } from 'eta';
import { productRoot } from '../core/product-root.js';
import type { Cell, FiguresExhibit, VerdictExhibit } from '../stage/exhibit.js';
import { costView } from './cost-view.js';
import type { ReportedStage, ReportModel, ShownExhibit } from './page-model.js';
import { sinceView } from './since-view.js';
import { warningView } from './warning-view.js';
import { verdictTable } from './verdict-table.js';
import { formatBytes, formatDuration, formatMoment, formatNumber, formatTogether } from './quantities.js';

/** A longer list of stages is folded away below a verdict. */
const stagesShown = 16;

/**
 * A run's report as one HTML page: no script, no network, styles inside; pictures by the paths that the model gives.
 * Everything out of the model is escaped. Pure but for reading its template.
 * @throws Error for a picture whose path is not a relative one
 */
export function renderPage(model: ReportModel): string {
  const eta = new Eta({ views: join(productRoot(), 'templates', 'report'), autoEscape: true });
  return eta.render('./page', viewOf(model));
}

/** The model in the order and the words in which a reader wants it. */
function viewOf(model: ReportModel) {
  const verdict = lastExhibit(model.stages, (exhibit) => exhibit.type === 'verdict');
  // Where there is a verdict, large figures of one of its parts would only take the place of it.
  const headline = verdict ? undefined : lastExhibit(model.stages, (exhibit) => exhibit.type === 'figures');
  const longestMs = Math.max(1, ...model.stages.map((stage) => Math.max(stage.tookMs, stage.recordedMs)));
  const stages = model.stages.map((stage, index) => ({
    ...stage,
    anchor: `stage-${index + 1}`,
    time: timeText(stage),
    tookShare: share(stage.tookMs, longestMs),
    recordedShare: share(stage.recordedMs, longestMs),
    itemText: stage.items ? itemText(stage.items) : '',
    metricList: Object.entries(stage.metrics).map(([name, value]) => ({ name, value: formatNumber(value) })),
    artifactList: stage.artifacts.map((artifact) => ({
      ...artifact,
      shortDigest: artifact.digest.slice(0, 12),
      files: `${formatNumber(artifact.fileCount)} ${artifact.fileCount === 1 ? 'file' : 'files'}`,
      size: formatBytes(artifact.sizeBytes),
    })),
    isOneOfMany: stage.name.includes('['),
    shown: stage.exhibits
      .filter((exhibit) => exhibit !== headline?.exhibit && exhibit !== verdict?.exhibit)
      .map((exhibit) => exhibitView(exhibit, model.stages)),
  }));
  const count = (states: readonly string[]): number =>
    model.stages.filter((stage) => states.includes(stage.state)).length;
  return {
    ...model,
    started: formatMoment(model.startedAt),
    took: formatDuration(model.tookMs),
    tally: [
      [count(['ran']), 'ran'],
      [count(['cached']), 'from the store'],
      [count(['failed']), 'failed'],
      [count(['left-out']), 'left out'],
      [count(['skipped', 'blocked', 'interrupted']), 'not finished'],
    ]
      .filter(([number]) => number !== 0)
      .map(([number, what]) => `${number} ${what}`)
      .join(', '),
    headline: headline && { stage: headline.stage.name, ...exhibitView(headline.exhibit, model.stages) },
    verdict: verdict && { stage: verdict.stage.name, ...exhibitView(verdict.exhibit, model.stages) },
    since: model.since && sinceView(model.since),
    leftOut: stages.filter((stage) => stage.state === 'left-out'),
    isLong: stages.length > stagesShown,
    cost: costView(model.cost),
    stages,
    withExhibits: stages.filter((stage) => stage.shown.length > 0).reverse(),
    failures: stages.filter((stage) => stage.error !== undefined),
    warned: warningView(model.stages),
  };
}

/** The first exhibit of a sort that the last stage shows which has one: what stands last is what a run is about. */
function lastExhibit<E extends ShownExhibit>(
  stages: readonly ReportedStage[],
  isMeant: (exhibit: ShownExhibit) => exhibit is E,
): { readonly stage: ReportedStage; readonly exhibit: E } | undefined {
  for (const stage of [...stages].reverse()) {
    const exhibit = stage.exhibits.find(isMeant);
    if (exhibit) return { stage, exhibit };
  }
  return undefined;
}

function exhibitView(exhibit: ShownExhibit, stages: readonly ReportedStage[]) {
  switch (exhibit.type) {
    case 'picture':
      if (/^([a-z][a-z\d+.-]*:|\/|\\)/i.test(exhibit.src))
        throw new Error(`The picture "${exhibit.title}" is at ${exhibit.src}, which is no relative path.`);
      return { ...exhibit, drawn: exhibit.mediaType === 'image/svg+xml' };
    case 'table':
      return { ...exhibit, ...tableView(exhibit) };
    case 'verdict':
      return verdictView(exhibit, stages);
    case 'figures':
      return { ...exhibit, cells: figuresView(exhibit) };
  }
}

function verdictView(exhibit: VerdictExhibit, stages: readonly ReportedStage[]) {
  return { ...exhibit, ...tableView(verdictTable(exhibit, stages)) };
}

/** A column whose cells are numbers (or unknown) is set to the right, with its decimals below each other. */
function tableView(exhibit: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}) {
  const columns = exhibit.columns.map((name, index) => {
    const values = exhibit.rows.map((row) => row[index] ?? null);
    const isNumber = values.every((value) => typeof value !== 'string');
    // Beside words, numbers are of different things, and no decimals of one belong to another.
    const texts = isNumber ? textsOf(values) : values.map((value) => textsOf([value])[0] ?? '');
    return { name, isNumber, texts };
  });
  return {
    heads: columns,
    cells: exhibit.rows.map((_, row) =>
      columns.map(({ isNumber, texts }) => ({ isNumber, text: texts[row] ?? '' })),
    ),
  };
}

function figuresView(exhibit: FiguresExhibit) {
  const texts = textsOf(exhibit.figures.map((figure) => figure.value));
  return exhibit.figures.map((figure, index) => ({ ...figure, text: texts[index] ?? '' }));
}

function textsOf(values: readonly (string | number | null)[]): readonly string[] {
  const numbers = formatTogether(values.filter((value) => typeof value === 'number'));
  let next = 0;
  return values.map((value) => {
    if (value === null) return '–';
    return typeof value === 'string' ? value : (numbers[next++] ?? '');
  });
}

function timeText(stage: ReportedStage): string {
  switch (stage.state) {
    case 'cached':
      return `made earlier in ${formatDuration(stage.recordedMs)}`;
    case 'skipped':
    case 'blocked':
    case 'left-out':
      return '–';
    case 'ran':
    case 'failed':
    case 'interrupted':
      return formatDuration(stage.tookMs);
  }
}

function itemText(items: NonNullable<ReportedStage['items']>): string {
  const parts = [`${formatNumber(items.total)} items`];
  if (items.reused > 0) parts.push(`${formatNumber(items.reused)} reused`);
  if (items.made > 0) parts.push(`${formatNumber(items.made)} made`);
  if (items.failed > 0) parts.push(`${formatNumber(items.failed)} failed`);
  return parts.join(', ');
}

/** Percent of the whole, with a hair for what is not nothing. */
function share(part: number, whole: number): string {
  return part <= 0 ? '0' : Math.max(0.6, (100 * part) / whole).toFixed(1);
}
