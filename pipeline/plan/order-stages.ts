import type { Diagnostic } from '../core/diagnostic.js';
import type { PipelineFile } from '../file/parse.js';
import type { Bindings } from './bind-inputs.js';
import type { StageInstance } from './expand-matrix.js';

/**
 * The stages so that each comes after those it takes from; otherwise in the order given. Cycles are named.
 * @param stages instances in the order of the file
 */
export function orderStages(
  file: PipelineFile,
  stages: readonly StageInstance[],
  bindings: ReadonlyMap<string, Bindings>,
): { readonly names: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const names: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const declared = new Map(stages.map((stage) => [stage.name, stage.declared]));

  function visit(name: string): void {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      const circle = [...trail.slice(trail.indexOf(name)), name];
      const range = file.source.locateKey(['stages', declared.get(name) ?? name, 'in']);
      diagnostics.push({
        severity: 'error',
        message: `These stages wait for each other: ${circle.join(' → ')}.`,
        ...(range ? { range } : {}),
        hint: 'Take one of these inputs from another stage.',
      });
      return;
    }
    state.set(name, 'open');
    trail.push(name);
    for (const needed of upstream(bindings.get(name))) visit(needed);
    trail.pop();
    state.set(name, 'done');
    names.push(name);
  }

  for (const { name } of stages) visit(name);
  return { names, diagnostics };
}

/** The stages that a stage takes from, each once. */
export function upstream(bindings: Bindings | undefined): readonly string[] {
  return [...new Set(Object.values(bindings ?? {}).flatMap((list) => list.map(({ stage }) => stage)))];
}
