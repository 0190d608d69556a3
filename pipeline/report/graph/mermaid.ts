import { graphLooks, statesIn, type StageGraph } from './stage-graph.js';

/** A graph as a Mermaid flow chart, as Markdown pages show it. Names stand in labels only, never as identifiers. */
export function mermaidGraph(graph: StageGraph): string {
  const ids = new Map(graph.stages.map(({ name }, index) => [name, `s${index}`]));
  const lines = ['flowchart LR'];
  for (const { name, kind, state } of graph.stages)
    lines.push(`  ${ids.get(name) ?? ''}["${escaped(name)}<br/>${escaped(kind)}"]:::${state}`);
  for (const { from, to, label } of graph.edges)
    lines.push(`  ${ids.get(from) ?? ''} -->|"${escaped(label)}"| ${ids.get(to) ?? ''}`);
  for (const state of statesIn(graph)) {
    const { fill, line } = graphLooks[state];
    lines.push(`  classDef ${state} fill:${fill},stroke:${line},color:#1c1e24`);
  }
  return `${lines.join('\n')}\n`;
}

/** Mermaid's own entities: `#` and the name or number of a character. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} _./,=-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
