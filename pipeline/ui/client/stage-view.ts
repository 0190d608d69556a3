import { curves } from './curves.js';
import { element } from './element.js';
import { ask } from './server.js';
import type { WatchedRun } from './watched-run.js';

const logEveryMs = 1000;
const warningsShown = 5;

/** What a stage shows when it is chosen: how it stands, its latest pictures, its curves, its log. */
export class StageView {
  readonly #head = element('div');
  readonly #progress = element('p', { class: 'progress soft small' });
  readonly #pictures = element('div', { class: 'pictures' });
  readonly #curves = element('div');
  readonly #log = element('pre', { tabindex: 0, 'aria-label': 'log' });
  #shownHead = '';
  #shownPictures = '';
  #stage = '';
  #logAskedMs = -Infinity;
  #logIsLast = false;

  /** @param actions the buttons of a stage in its present state */
  constructor(
    place: HTMLElement,
    private readonly actions: (stage: string) => readonly HTMLElement[],
  ) {
    place.replaceChildren(this.#head, this.#progress, this.#pictures, this.#curves, this.#log);
  }

  show(run: WatchedRun, name: string): void {
    const summary = run.summary.stages.get(name);
    if (!summary) return;
    const stage = `${run.summary.runId}/${name}`;
    if (this.#stage !== stage) {
      this.#stage = stage;
      this.#log.textContent = '';
      this.#logAskedMs = -Infinity;
      this.#logIsLast = false;
    }
    this.#showHead(run, name);
    const watched = run.stage(name);
    this.#progress.textContent = run.stateOf(name) === 'running' ? watched.meter.text() : '';
    this.#showPictures(run, name);
    this.#curves.replaceChildren(curves(watched.curves));
    void this.#showLog(run, name);
  }

  /** Made anew only when it says something else: it has buttons. */
  #showHead(run: WatchedRun, name: string): void {
    const state = run.stateOf(name);
    const { kind = '', reasons = [], error, warnings = [] } = run.summary.stages.get(name) ?? {};
    const actions = this.actions(name);
    const said = JSON.stringify([this.#stage, state, reasons, error, warnings, actions.length]);
    if (said === this.#shownHead) return;
    this.#shownHead = said;
    this.#head.replaceChildren(
      element('h2', {}, name),
      element('p', { class: 'soft small' }, [kind, ...reasons].join(' · ')),
      element('p', {}, element('span', { class: `state ${state}` }, state)),
      ...(error === undefined ? [] : [element('p', { class: 'bad' }, error)]),
      ...warnings.slice(-warningsShown).map((warning) => element('p', { class: 'small' }, warning)),
      ...actions,
    );
  }

  #showPictures(run: WatchedRun, name: string): void {
    const { pictures } = run.stage(name);
    const folder = `/run/${encodeURIComponent(run.summary.runId)}/pictures-live`;
    const shown = [this.#stage, ...pictures.map(({ file, atMs }) => `${file}?${atMs}`)].join('\n');
    if (shown === this.#shownPictures) return;
    this.#shownPictures = shown;
    this.#pictures.replaceChildren(
      ...[...pictures].reverse().map(({ title, file, atMs }) => {
        const image = element('img', { src: `${folder}/${encodeURIComponent(file)}?${atMs}`, alt: title });
        return element('figure', {}, image, element('figcaption', {}, title));
      }),
    );
  }

  /** Once a second while the stage runs, and once more when it has ended, for its last lines. */
  async #showLog(run: WatchedRun, name: string): Promise<void> {
    const isRunning = run.stateOf(name) === 'running';
    if (this.#logIsLast || performance.now() - this.#logAskedMs < (isRunning ? logEveryMs : 0)) return;
    this.#logAskedMs = performance.now();
    this.#logIsLast = !isRunning;
    const stage = this.#stage;
    const text = await ask<{ text: string }>('log', { run: run.summary.runId, stage: name }).then(
      (answer) => answer.text,
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    if (this.#stage !== stage || this.#log.textContent === text) return;
    const wasAtEnd = this.#log.scrollTop + this.#log.clientHeight >= this.#log.scrollHeight - 4;
    this.#log.textContent = text;
    if (wasAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
