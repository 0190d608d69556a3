import { layeredGraph, type LayerPlace } from '../../report/graph/layers.js';
import type { StageGraph } from '../../report/graph/stage-graph.js';
import { svgElement } from './element.js';
import { declared, graphOfInstances, instancesOf, stateOfInstances, type Instances } from './instances.js';
import type { WatchedRun } from './watched-run.js';

const size = { width: 168, height: 40, passage: 2, rowGap: 10, columnGap: 46, margin: 14 };
/** What of a name fits into a box. */
const mostLetters = 24;

/** The graph of a run: a box a stage of the file, filled as far as its instances are. */
export class GraphView {
  readonly #boxes = new Map<string, { readonly group: SVGElement; readonly bar: SVGElement }>();
  #drawn = '';
  #run: WatchedRun | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly choose: (stage: string) => void,
  ) {}

  /** Draws anew when the run has other stages; else only colours. */
  show(run: WatchedRun, chosen: string | undefined): void {
    this.#run = run;
    const stages = [...run.summary.stages.values()];
    const shape = stages.map(({ name, needs }) => `${name}<${needs.join()}`).join('\n');
    if (shape !== this.#drawn) {
      this.#drawn = shape;
      this.#draw(graphOfInstances(run), new Map(instancesOf(run).map((group) => [group.name, group])));
    }
    for (const group of instancesOf(run)) {
      const box = this.#boxes.get(group.name);
      const { state } = stateOfInstances(group, run);
      const isChosen = chosen !== undefined && declared(chosen) === group.name;
      box?.group.setAttribute('class', `node ${state}${isChosen ? ' chosen' : ''}`);
      const done = group.instances.reduce((sum, name) => sum + run.shareOf(name), 0) / group.instances.length;
      box?.bar.setAttribute('width', String(state === 'running' ? Math.round(size.width * done) : 0));
    }
  }

  #draw(graph: StageGraph, groups: ReadonlyMap<string, Instances>): void {
    this.#boxes.clear();
    const { layers, routes } = layeredGraph(graph);
    const heightOf = ({ stage }: LayerPlace): number => (stage === undefined ? size.passage : size.height);
    const columnHeight = (layer: readonly LayerPlace[]): number =>
      layer.reduce((sum, place) => sum + heightOf(place) + size.rowGap, -size.rowGap);
    const inner = Math.max(0, ...layers.map(columnHeight));
    const places = new Map<LayerPlace, { readonly x: number; readonly y: number }>();
    for (const [column, layer] of layers.entries()) {
      let y = size.margin + (inner - columnHeight(layer)) / 2;
      for (const place of layer) {
        places.set(place, {
          x: size.margin + column * (size.width + size.columnGap),
          y: y + heightOf(place) / 2,
        });
        y += heightOf(place) + size.rowGap;
      }
    }
    const width = 2 * size.margin + layers.length * (size.width + size.columnGap) - size.columnGap;
    const height = inner + 2 * size.margin;
    const svg = svgElement('svg', { viewBox: `0 0 ${width} ${height}`, width, height });
    for (const route of routes)
      svg.append(svgElement('path', { d: pathOf(route.flatMap((p) => places.get(p) ?? [])) }));
    const kinds = new Map(graph.stages.map(({ name, kind }) => [name, kind]));
    for (const [{ stage = '' }, at] of places) {
      const group = groups.get(stage);
      if (group) svg.append(this.#box(group, kinds.get(stage) ?? '', at));
    }
    this.place.replaceChildren(svg);
  }

  #box(stages: Instances, kind: string, at: { readonly x: number; readonly y: number }): SVGElement {
    const { name, instances } = stages;
    const words = instances.length === 1 ? kind : `${kind} × ${instances.length}`;
    const frame = { x: at.x, y: at.y - size.height / 2, height: size.height, rx: 6 };
    const bar = svgElement('rect', { ...frame, width: 0, class: 'done' });
    const group = svgElement(
      'g',
      { class: 'node', 'data-stage': name },
      svgElement('title', {}, instances.join('\n')),
      svgElement('rect', { ...frame, width: size.width, class: 'box' }),
      bar,
      svgElement('text', { x: at.x + 9, y: at.y - 3 }, shortened(name)),
      svgElement('text', { x: at.x + 9, y: at.y + 12, class: 'kind' }, shortened(words)),
    );
    group.addEventListener('click', () => {
      if (this.#run) this.choose(stateOfInstances(stages, this.#run).instance);
    });
    this.#boxes.set(name, { group, bar });
    return group;
  }
}

/** A curve through the places of a route, level at every box. */
function pathOf(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let at = { x: first.x + size.width, y: first.y };
  let path = `M${at.x} ${at.y}`;
  for (const { x, y } of rest) {
    const half = (at.x + x) / 2;
    path += `C${half} ${at.y} ${half} ${y} ${x} ${y}L${x + size.width} ${y}`;
    at = { x: x + size.width, y };
  }
  return path;
}

function shortened(text: string): string {
  return text.length <= mostLetters ? text : `${text.slice(0, mostLetters - 1)}…`;
}
