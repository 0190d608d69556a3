import { formatDuration, formatMoment, formatNumber } from '../../report/quantities.js';
import { byId, element } from './element.js';
import type { RunRow } from '../../report/run-rows.js';
import { ask } from './server.js';

const figuresShown = 3;

/** The runs that there were, each with its report. */
export function runTable(runs: readonly RunRow[], watch: (id: string) => void): HTMLElement {
  const rows = runs.map(({ id, startedAt, outcome, tookMs, stages, figures }) => {
    const name = element('button', {}, formatMoment(startedAt));
    name.addEventListener('click', () => watch(id));
    const numbers = Object.entries(figures).slice(0, figuresShown);
    return element(
      'tr',
      { 'data-run': id },
      element('td', {}, name),
      element('td', {}, outcome),
      element('td', {}, formatDuration(tookMs)),
      element(
        'td',
        {},
        `${stages.ran} made, ${stages.reused} reused${stages.failed > 0 ? `, ${stages.failed} failed` : ''}`,
      ),
      element('td', {}, numbers.map(([metric, value]) => `${metric} ${formatNumber(value)}`).join('  ')),
    );
  });
  const heads = ['started', 'outcome', 'took', 'stages', 'figures'].map((head) => element('th', {}, head));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
}

/** Shows in what the two chosen runs differ. */
export async function compareRuns(): Promise<void> {
  const [before, after] = [byId('before', HTMLSelectElement).value, byId('after', HTMLSelectElement).value];
  const { rows } = await ask<{ rows: readonly (readonly string[])[] }>('compare', { before, after });
  const lines = rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))));
  byId('comparison', HTMLElement).replaceChildren(
    rows.length === 0 ? element('p', {}, 'They have the same results.') : element('table', {}, ...lines),
  );
}

/** Fills a choice of runs, and keeps what was chosen. @param standard where nothing was */
export function fillChoice(id: string, runs: readonly RunRow[], standard: string | undefined): void {
  const select = byId(id, HTMLSelectElement);
  const chosen = runs.some((run) => run.id === select.value) ? select.value : standard;
  select.replaceChildren(
    ...runs.map((run) =>
      element('option', { value: run.id }, `${formatMoment(run.startedAt)} · ${run.outcome}`),
    ),
  );
  if (chosen !== undefined) select.value = chosen;
}
