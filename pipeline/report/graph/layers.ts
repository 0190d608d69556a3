import type { StageGraph } from './stage-graph.js';

/** A place in a layer: a stage, or where an edge passes through on its way to a later layer. */
export interface LayerPlace {
  readonly id: string;
  /** Undefined for a passage. */
  readonly stage: string | undefined;
}

/** A graph cut into layers: every stage stands right of all that it takes from. */
export interface LayeredGraph {
  readonly layers: readonly (readonly LayerPlace[])[];
  /** For each edge of the graph, the places it goes through, from stage to stage. */
  readonly routes: readonly (readonly LayerPlace[])[];
}

const sweeps = 8;

/**
 * Layers by the longest way from a stage without inputs; in every layer the order by the mean place of the
 * neighbours, swept to and fro (Sugiyama, Tagawa & Toda 1981): few edges cross, and none runs through a box.
 */
export function layeredGraph(graph: StageGraph): LayeredGraph {
  const depth = new Map<string, number>();
  for (const { name } of graph.stages) {
    const sources = graph.edges.filter(({ to }) => to === name).map(({ from }) => depth.get(from) ?? 0);
    depth.set(name, sources.length === 0 ? 0 : Math.max(...sources) + 1);
  }
  const layers: LayerPlace[][] = [];
  const places = new Map<string, LayerPlace>();
  for (const { name } of graph.stages) {
    const place = { id: name, stage: name };
    places.set(name, place);
    (layers[depth.get(name) ?? 0] ??= []).push(place);
  }
  const routes = graph.edges.map(({ from, to }, index) => {
    const passages: LayerPlace[] = [];
    for (let layer = (depth.get(from) ?? 0) + 1; layer < (depth.get(to) ?? 0); layer++) {
      const passage = { id: `${index}/${layer}`, stage: undefined };
      passages.push(passage);
      layers[layer]?.push(passage);
    }
    return [places.get(from), ...passages, places.get(to)].filter((place) => place !== undefined);
  });
  const neighbours = (side: 0 | 1): Map<LayerPlace, LayerPlace[]> => {
    const found = new Map<LayerPlace, LayerPlace[]>();
    for (const route of routes)
      for (const [step, place] of route.slice(1).entries()) {
        const before = route[step];
        if (!before) continue;
        const [key, other] = side === 0 ? [place, before] : [before, place];
        found.set(key, [...(found.get(key) ?? []), other]);
      }
    return found;
  };
  const [left, right] = [neighbours(0), neighbours(1)];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forwards = sweep % 2 === 0;
    const indices = [...layers.keys()];
    for (const index of forwards ? indices.slice(1) : indices.reverse().slice(1))
      sortByNeighbours(
        layers[index] ?? [],
        layers[index + (forwards ? -1 : 1)] ?? [],
        forwards ? left : right,
      );
  }
  return { layers, routes };
}

function sortByNeighbours(
  layer: LayerPlace[],
  fixed: readonly LayerPlace[],
  neighbours: ReadonlyMap<LayerPlace, readonly LayerPlace[]>,
): void {
  const places = new Map(fixed.map((place, index) => [place, index]));
  const means = new Map(
    layer.map((place, index) => {
      const near = (neighbours.get(place) ?? []).map((other) => places.get(other) ?? 0);
      return [place, near.length === 0 ? index : near.reduce((sum, at) => sum + at, 0) / near.length];
    }),
  );
  layer.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
}
