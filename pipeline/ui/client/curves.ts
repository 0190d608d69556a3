import { formatNumber } from '../../report/quantities.js';
import { element, svgElement } from './element.js';
import type { CurvePoint } from './watched-run.js';

/** Numbers over a stage's progress, a small drawing each: how they go, and where they are. */
export function curves(all: ReadonlyMap<string, readonly CurvePoint[]>): HTMLElement {
  return element('div', { class: 'curves' }, ...[...all].map(([name, points]) => curve(name, points)));
}

function curve(name: string, points: readonly CurvePoint[]): HTMLElement {
  const values = points.map(([, value]) => value).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const across = Math.max(1, last - first);
  const up = Math.max(Number.EPSILON, most - least);
  const places = points
    .filter(([, value]) => Number.isFinite(value))
    .map(
      ([done, value]) =>
        `${((100 * (done - first)) / across).toFixed(2)},${(38 - (36 * (value - least)) / up).toFixed(2)}`,
    );
  const drawing = svgElement(
    'svg',
    { viewBox: '0 0 100 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': name },
    svgElement('polyline', { points: places.join(' ') }),
  );
  const now = values.at(-1);
  const range = values.length > 0 ? ` (${formatNumber(least)} to ${formatNumber(most)})` : '';
  return element(
    'figure',
    { class: 'curve', style: 'margin: 0' },
    drawing,
    element('figcaption', {}, `${name} ${now === undefined ? '' : formatNumber(now)}${range}`),
  );
}
