import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.js';
import { UserError } from '../core/user-error.js';
import type { Plan } from '../plan/plan.js';
import { dotGraph } from '../report/graph/dot.js';
import type { GraphFormat } from '../report/graph/graph-formats.js';
import { mermaidGraph } from '../report/graph/mermaid.js';
import type { GraphEdge, GraphState, StageGraph } from '../report/graph/stage-graph.js';
import { svgGraph } from '../report/graph/svg.js';
import { examineStages } from '../run/examine.js';
import { localHost } from '../run/host.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';

const draw: Readonly<Record<GraphFormat, (graph: StageGraph) => string>> = {
  mermaid: mermaidGraph,
  dot: dotGraph,
  svg: svgGraph,
};

export interface GraphOptions extends FileOptions {
  readonly format?: GraphFormat;
  readonly out?: string;
}

/** `pipeline graph [FILE] [STAGE…]`: the stages, what goes from one to the other, and which results are there. */
export async function graphCommand(
  words: readonly string[],
  options: GraphOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan, storeDirectory } = await loadPlan(words, program, options);
  const states = await statesOf(plan, storeDirectory, console, signal);
  const graph: StageGraph = {
    name: plan.file.name,
    stages: plan.stages.map(({ name, kind }) => ({
      name,
      kind: kind.kind,
      state: states.get(name) ?? 'unknown',
    })),
    edges: edgesOf(plan),
  };
  const text = draw[options.format ?? formatOf(options.out)](graph);
  if (options.out === undefined) {
    console.out(text.trimEnd());
    return exitCodes.success;
  }
  const path = resolve(options.out);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new UserError(`${path} cannot be written: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
  console.out(path);
  return exitCodes.success;
}

/** By the ending of the file's name, where that is not said. */
function formatOf(out: string | undefined): GraphFormat {
  if (out?.endsWith('.svg')) return 'svg';
  return out !== undefined && /\.(dot|gv)$/.test(out) ? 'dot' : 'mermaid';
}

/** A pipeline whose sources or tools are not there can be drawn all the same: only the states are missing. */
async function statesOf(
  plan: Plan,
  storeDirectory: string,
  console: Console,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, GraphState>> {
  const store = new Store(storeDirectory);
  const host = localHost(plan.file.directory, store, signal);
  const states = new Map<string, GraphState>();
  try {
    for await (const { stage, state } of examineStages(plan, { store, host }))
      states.set(stage.name, !state ? 'waits' : state.record ? 'current' : 'runs');
  } catch (error) {
    if (!(error instanceof UserError || error instanceof DiagnosticError)) throw error;
    console.error(`Drawn without the states of some stages: ${error.message}`);
  }
  await store.files.save();
  return states;
}

/** One edge between two stages, whatever number of artifacts goes that way. */
function edgesOf({ stages }: Plan): readonly GraphEdge[] {
  const kinds = new Map(stages.map(({ name, kind }) => [name, kind]));
  const edges: GraphEdge[] = [];
  for (const { name: to, inputs } of stages) {
    const types = new Map<string, Set<string>>();
    for (const { stage, output } of Object.values(inputs).flat()) {
      const type = kinds.get(stage)?.outputs[output]?.type ?? output;
      types.set(stage, (types.get(stage) ?? new Set()).add(type));
    }
    for (const [from, labels] of types) edges.push({ from, to, label: [...labels].join(', ') });
  }
  return edges;
}
