import { escapeXml } from '../../core/escape-xml.js';
import { layeredGraph, type LayerPlace } from './layers.js';
import { graphLooks, statesIn, type StageGraph } from './stage-graph.js';

const size = { boxHeight: 46, passageHeight: 14, rowGap: 18, columnGap: 96, margin: 20, legendHeight: 34 };
/** The widest letters of a sans-serif face at 13 px are rarely wider than this on average. */
const letterPx = 7.6;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A graph as a picture: boxes in columns from left to right, artifacts as lines between them, and a legend. */
export function svgGraph(graph: StageGraph): string {
  const { layers, routes } = layeredGraph(graph);
  const kinds = new Map(graph.stages.map(({ name, kind }) => [name, kind]));
  const widthOf = ({ stage }: LayerPlace): number =>
    stage === undefined
      ? 0
      : Math.max(70, 24 + letterPx * Math.max(stage.length, kinds.get(stage)?.length ?? 0));
  const heightOf = ({ stage }: LayerPlace): number =>
    stage === undefined ? size.passageHeight : size.boxHeight;

  const columnHeights = layers.map((layer) =>
    layer.reduce((sum, place) => sum + heightOf(place) + size.rowGap, -size.rowGap),
  );
  const inner = Math.max(0, ...columnHeights);
  const boxes = new Map<LayerPlace, Box>();
  let x = size.margin;
  for (const [column, layer] of layers.entries()) {
    const width = Math.max(0, ...layer.map(widthOf));
    let y = size.margin + (inner - (columnHeights[column] ?? 0)) / 2;
    for (const place of layer) {
      boxes.set(place, { x, y, width, height: heightOf(place) });
      y += heightOf(place) + size.rowGap;
    }
    x += width + size.columnGap;
  }
  const legend = legendOf(graph, size.margin, inner + 2 * size.margin);
  const width = Math.max(x - size.columnGap + size.margin, legend.width);
  const height = inner + 2 * size.margin + size.legendHeight;

  const lines = routes.map((route, index) => edge(route, graph.edges[index]?.label ?? '', boxes));
  const shapes = [...boxes].map(([place, box]) => stageBox(place, box, graph));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(graph.name)}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6b7080"/></marker></defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...lines,
    ...shapes.filter((shape) => shape !== ''),
    legend.svg,
    '</svg>',
    '',
  ].join('\n');
}

function stageBox({ stage }: LayerPlace, box: Box, graph: StageGraph): string {
  const drawn = graph.stages.find(({ name }) => name === stage);
  if (!drawn) return '';
  const { fill, line, words } = graphLooks[drawn.state];
  const middle = round(box.x + box.width / 2);
  return `<g><title>${escapeXml(`${drawn.name}: ${words}`)}</title><rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${box.height}" rx="7" fill="${fill}" stroke="${line}"/><text x="${middle}" y="${round(box.y + 20)}" text-anchor="middle" font-weight="600" fill="#1c1e24">${escapeXml(drawn.name)}</text><text x="${middle}" y="${round(box.y + 37)}" text-anchor="middle" font-size="11" fill="#4a4e5c">${escapeXml(drawn.kind)}</text></g>`;
}

/** A curve through the middles of a route's places, with its label where it sets out. */
function edge(route: readonly LayerPlace[], label: string, boxes: ReadonlyMap<LayerPlace, Box>): string {
  const [first, ...rest] = route.flatMap((place) => boxes.get(place) ?? []);
  if (!first || rest.length === 0) return '';
  const from = { x: first.x + first.width, y: first.y + first.height / 2 };
  let path = `M${round(from.x)} ${round(from.y)}`;
  let at = from;
  for (const [index, box] of rest.entries()) {
    const to = { x: box.x, y: box.y + box.height / 2 };
    const half = (at.x + to.x) / 2;
    path += `C${round(half)} ${round(at.y)} ${round(half)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
    at = { x: box.x + box.width, y: to.y };
    if (index < rest.length - 1) path += `L${round(at.x)} ${round(at.y)}`;
  }
  const second = rest[0];
  // Lines part on their way to a passage, and meet at a stage: there the label stands further on, here halfway.
  const [along, across] = second && second.height === size.passageHeight ? [0.72, 0.84] : [0.5, 0.5];
  const labelX = from.x + size.columnGap * along;
  const labelY = from.y + (second ? second.y + second.height / 2 - from.y : 0) * across;
  return `<path d="${path}" fill="none" stroke="#6b7080" marker-end="url(#tip)"/><text x="${round(labelX)}" y="${round(labelY - 4)}" text-anchor="middle" font-size="10" fill="#4a4e5c" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escapeXml(label)}</text>`;
}

function legendOf(
  graph: StageGraph,
  left: number,
  top: number,
): { readonly svg: string; readonly width: number } {
  let x = left;
  const entries: string[] = [];
  for (const state of statesIn(graph)) {
    const { fill, line, words } = graphLooks[state];
    entries.push(
      `<rect x="${round(x)}" y="${round(top)}" width="14" height="14" rx="3" fill="${fill}" stroke="${line}"/><text x="${round(x + 20)}" y="${round(top + 11)}" font-size="11" fill="#4a4e5c">${words}</text>`,
    );
    x += 40 + letterPx * words.length;
  }
  return { svg: entries.join('\n'), width: x + left };
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
