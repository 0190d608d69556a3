import type { StageGraph } from '../../report/graph/stage-graph.js';
import type { WatchedRun, WatchedState } from './watched-run.js';

/** A stage of the file with all its instances, as the graph shows it: one box for `detector[seed=1]`, `[seed=2]`, … */
export interface Instances {
  readonly name: string;
  readonly instances: readonly string[];
}

/** What is told of several instances: what asks for a person comes first, then what happens now. */
const telling: readonly WatchedState[] = [
  'failed',
  'running',
  'interrupted',
  'left-out',
  'blocked',
  'waiting',
  'skipped',
  'ran',
  'cached',
];

/** The stages of the file in their order. */
export function instancesOf({ summary }: WatchedRun): readonly Instances[] {
  const groups = new Map<string, string[]>();
  for (const name of summary.stages.keys()) {
    const group = groups.get(declared(name)) ?? [];
    group.push(name);
    groups.set(declared(name), group);
  }
  return [...groups].map(([name, instances]) => ({ name, instances }));
}

/** The graph of the stages of the file. */
export function graphOfInstances(run: WatchedRun): StageGraph {
  const edges = new Map<string, { readonly from: string; readonly to: string; readonly label: string }>();
  for (const { name, needs } of run.summary.stages.values())
    for (const need of needs) {
      const [from, to] = [declared(need), declared(name)];
      edges.set(`${from}>${to}`, { from, to, label: '' });
    }
  return {
    name: run.summary.pipeline,
    stages: instancesOf(run).map(({ name, instances: [first = ''] }) => ({
      name,
      kind: run.summary.stages.get(first)?.kind ?? '',
      state: 'unknown',
    })),
    edges: [...edges.values()],
  };
}

/** The state of several instances, and the first one that is in it. */
export function stateOfInstances(
  { instances }: Instances,
  run: WatchedRun,
): { readonly state: WatchedState; readonly instance: string } {
  for (const state of telling) {
    const instance = instances.find((name) => run.stateOf(name) === state);
    if (instance !== undefined) return { state, instance };
  }
  return { state: 'waiting', instance: instances[0] ?? '' };
}

export function declared(name: string): string {
  return name.replace(/\[.*$/, '');
}
