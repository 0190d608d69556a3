import type { RunEvent } from '../../events/event.js';
import { formatDuration } from '../../report/quantities.js';
import { byId, element } from './element.js';
import { GraphView } from './graph-view.js';
import { compareRuns, fillChoice, runTable } from './past-runs.js';
import { ask, order, type Listing } from './server.js';
import { StageList } from './stage-list.js';
import { StageView } from './stage-view.js';
import { WatchedRun } from './watched-run.js';

const redrawMs = 250;
const listEveryMs = 3000;

let listing: Listing | undefined;
let run = new WatchedRun();
let watchedId: string | undefined;
let source: EventSource | undefined;
let chosen: string | undefined;
let isDue = false;

const choose = (stage: string): void => {
  chosen = stage;
  isDue = true;
};
const graph = new GraphView(byId('graph', HTMLElement), choose);
const stages = new StageList(byId('stages', HTMLElement), choose);
const stageView = new StageView(byId('stage', HTMLElement), actionsOf);

/** Follows a run from its beginning; what was shown of another one goes. */
function watch(id: string): void {
  watchedId = id;
  source?.close();
  source = new EventSource(`/api/events?run=${encodeURIComponent(id)}`);
  // Also after the connection was lost: everything is told again.
  source.onopen = () => {
    run = new WatchedRun();
    isDue = true;
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    run.on(JSON.parse(data) as RunEvent);
    isDue = true;
  };
  source.addEventListener('end', () => {
    source?.close();
    run.end();
    isDue = true;
    void list();
  });
  byId('run', HTMLSelectElement).value = id;
  const report = byId('report', HTMLAnchorElement);
  report.href = `/run/${encodeURIComponent(id)}/report.html`;
}

/** Looks which runs there are, and follows a new one when what is shown has ended. */
async function list(): Promise<void> {
  const answer = await ask<Listing>('runs');
  // Choices and buttons stay as long as there is nothing new: somebody may be about to use them.
  if (JSON.stringify(answer) === JSON.stringify(listing)) return;
  listing = answer;
  const { runs, pipeline, control } = listing;
  document.title = `${pipeline} · pipeline`;
  byId('pipeline', HTMLElement).textContent = pipeline;
  fillChoice('run', runs, watchedId);
  fillChoice('before', runs, runs[1]?.id ?? runs[0]?.id);
  fillChoice('after', runs, runs[0]?.id);
  byId('runs', HTMLElement).replaceChildren(runTable(runs, watch));
  byId('start', HTMLElement).hidden = !control;
  const [latest] = runs;
  const isNew = latest && latest.id !== watchedId;
  if (isNew && (watchedId === undefined || (latest.outcome === 'running' && run.hasFinished)))
    watch(latest.id);
  isDue = true;
}

function draw(): void {
  if (!isDue) return;
  isDue = false;
  const { summary } = run;
  const isRunning =
    listing?.runs.find(({ id }) => id === watchedId)?.outcome === 'running' && !run.hasFinished;
  const took = run.hasFinished ? ` in ${formatDuration(summary.tookMs)}` : '';
  const state =
    summary.runId === ''
      ? 'no run yet'
      : isRunning
        ? 'running'
        : run.hasFinished
          ? summary.outcome
          : 'killed';
  byId('state', HTMLElement).replaceChildren(element('span', { class: `state ${state}` }, `${state}${took}`));
  byId('report', HTMLElement).hidden = !run.hasFinished;
  byId('cancel', HTMLElement).hidden = !(listing?.control && isRunning);
  chosen ??= summary.stages.keys().next().value;
  graph.show(run, chosen);
  stages.show(run, chosen);
  if (chosen !== undefined) stageView.show(run, chosen);
}

function actionsOf(stage: string): readonly HTMLElement[] {
  if (!listing?.control || watchedId === undefined) return [];
  const id = watchedId;
  const state = run.stateOf(stage);
  if (state === 'running') return [button('cancel this stage', () => order('cancel', { run: id, stage }))];
  return ['failed', 'interrupted', 'left-out', 'blocked', 'skipped', 'waiting'].includes(state)
    ? [button('run this stage', () => order('start', { stage }))]
    : [];
}

function button(text: string, act: () => Promise<void>): HTMLElement {
  const made = element('button', {}, text);
  made.addEventListener('click', () => tellOf(act()));
  return made;
}

/** What the server refuses is said where everybody sees it. */
function tellOf(work: Promise<void>): void {
  const notice = byId('notice', HTMLElement);
  notice.hidden = true;
  work.then(list).catch((error: unknown) => {
    notice.textContent = error instanceof Error ? error.message : String(error);
    notice.hidden = false;
  });
}

byId('run', HTMLSelectElement).addEventListener('change', ({ target }) => {
  if (target instanceof HTMLSelectElement) watch(target.value);
});
byId('start', HTMLElement).addEventListener('click', () => tellOf(order('start', {})));
byId('cancel', HTMLElement).addEventListener('click', () => {
  if (watchedId !== undefined) tellOf(order('cancel', { run: watchedId }));
});
byId('compare', HTMLElement).addEventListener('click', () => tellOf(compareRuns()));
setInterval(draw, redrawMs);
setInterval(() => tellOf(Promise.resolve()), listEveryMs);
tellOf(Promise.resolve());
