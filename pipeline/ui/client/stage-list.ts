import { formatCount, formatDuration } from '../../report/quantities.js';
import { element } from './element.js';
import type { WatchedRun } from './watched-run.js';

interface Row {
  readonly button: HTMLElement;
  readonly state: HTMLElement;
  readonly bar: HTMLElement;
  readonly words: HTMLElement;
}

/** The stages in the order in which data goes through them, with how far each is. Rows stay: they are clicked on. */
export class StageList {
  #rows = new Map<string, Row>();

  constructor(
    private readonly place: HTMLElement,
    private readonly choose: (stage: string) => void,
  ) {}

  show(run: WatchedRun, chosen: string | undefined): void {
    const names = [...run.summary.stages.keys()];
    if (names.join('\n') !== [...this.#rows.keys()].join('\n')) {
      this.#rows = new Map(names.map((name) => [name, this.#row(name)]));
      this.place.replaceChildren(...[...this.#rows.values()].map(({ button }) => button));
    }
    for (const [name, row] of this.#rows) update(row, run, name, name === chosen);
  }

  #row(name: string): Row {
    const state = element('span');
    const bar = element('i');
    const words = element('span', { class: 'progress soft small' });
    const button = element(
      'button',
      { class: 'row', 'data-stage': name },
      element('b', {}, name),
      state,
      element('span', { class: 'bar' }, bar),
      words,
    );
    button.addEventListener('click', () => this.choose(name));
    return { button, state, bar, words };
  }
}

function update({ button, state, bar, words }: Row, run: WatchedRun, name: string, isChosen: boolean): void {
  const { tookMs = 0, items } = run.summary.stages.get(name) ?? {};
  const now = run.stateOf(name);
  const { meter } = run.stage(name);
  button.className = isChosen ? 'row chosen' : 'row';
  state.className = `state ${now}`;
  state.textContent = tookMs > 0 ? `${now} ${formatDuration(tookMs)}` : now;
  bar.style.width = `${now === 'running' ? (100 * meter.fraction()).toFixed(1) : 0}%`;
  const counted = items ? `${formatCount(items.total, 'item')}, ${items.reused} reused` : '';
  words.textContent = now === 'running' ? meter.text() : counted;
}
