/** What a stage's box says: its result is there, it would run, it waits for others, or nobody could look. */
export type GraphState = 'current' | 'runs' | 'waits' | 'unknown';

export interface GraphStage {
  readonly name: string;
  readonly kind: string;
  readonly state: GraphState;
}

/** An artifact's way from the stage that makes it to one that takes it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The types of the artifacts that go this way. */
  readonly label: string;
}

/** A pipeline as it is drawn. Stages stand after those that they take from. */
export interface StageGraph {
  readonly name: string;
  readonly stages: readonly GraphStage[];
  readonly edges: readonly GraphEdge[];
}

/** How the states look in every format; the words stand in the legend. */
export const graphLooks: Readonly<
  Record<GraphState, { readonly fill: string; readonly line: string; readonly words: string }>
> = {
  current: { fill: '#d9f0dd', line: '#2f7d44', words: 'in the store' },
  runs: { fill: '#fde8c4', line: '#a86400', words: 'would run' },
  waits: { fill: '#e8e9ee', line: '#6b7080', words: 'waits for others' },
  unknown: { fill: '#ffffff', line: '#6b7080', words: 'not looked at' },
};

/** The states that a graph's stages have, in the order of the legend. */
export function statesIn(graph: StageGraph): readonly GraphState[] {
  return (Object.keys(graphLooks) as GraphState[]).filter((state) =>
    graph.stages.some((stage) => stage.state === state),
  );
}
