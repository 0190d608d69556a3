import { graphLooks, type StageGraph } from './stage-graph.js';

/** A graph in Graphviz's language. */
export function dotGraph(graph: StageGraph): string {
  const lines = [
    `digraph ${quoted(graph.name)} {`,
    '  rankdir=LR',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"]',
    '  edge [fontname="sans-serif", fontsize=10, color="#6b7080"]',
  ];
  for (const { name, kind, state } of graph.stages) {
    const { fill, line, words } = graphLooks[state];
    const label = `${quoted(name).slice(0, -1)}\\n${quoted(kind).slice(1)}`;
    lines.push(
      `  ${quoted(name)} [label=${label}, fillcolor="${fill}", color="${line}", tooltip="${words}"]`,
    );
  }
  for (const { from, to, label } of graph.edges)
    lines.push(`  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}]`);
  return `${[...lines, '}'].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
