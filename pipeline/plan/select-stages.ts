import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import type { PipelineFile } from '../file/parse.js';
import type { Bindings } from './bind-inputs.js';
import { upstream } from './order-stages.js';

/** The wanted stages and everything upstream of them; all stages when none is named. */
export function selectStages(
  file: PipelineFile,
  selection: readonly string[],
  bindings: ReadonlyMap<string, Bindings>,
): { readonly names: ReadonlySet<string>; readonly diagnostics: readonly Diagnostic[] } {
  const all = file.stages.map(({ name }) => name);
  const diagnostics = selection
    .filter((name) => !all.includes(name))
    .map((name): Diagnostic => {
      const near = nearestName(name, all);
      const hint = near ? `Did you mean ${near}?` : `There is: ${all.join(', ')}.`;
      return { severity: 'error', message: `${file.path} has no stage ${name}.`, hint };
    });
  const names = new Set<string>();
  const queue = selection.length === 0 ? [...all] : [...selection];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    queue.push(...upstream(bindings.get(name)));
  }
  return { names, diagnostics };
}
