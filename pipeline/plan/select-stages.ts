import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { parseInstanceName } from '../file/instance-name.js';
import type { Bindings } from './bind-inputs.js';
import type { StageInstance } from './expand-matrix.js';
import { upstream } from './order-stages.js';

/**
 * The wanted stages and everything upstream of them; all stages when none is named. `detector` means all of its
 * instances, `detector[seed=2]` those with that label.
 * @param shownAs what messages call the file
 */
export function selectStages(
  shownAs: string,
  stages: readonly StageInstance[],
  selection: readonly string[],
  bindings: ReadonlyMap<string, Bindings>,
): { readonly names: ReadonlySet<string>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const queue = selection.length === 0 ? stages.map(({ name }) => name) : [];
  for (const text of selection) {
    const wanted = parseInstanceName(text) ?? { stage: text, labels: {} };
    const named = stages.filter(({ declared }) => declared === wanted.stage);
    const chosen = named.filter(({ labels }) =>
      Object.entries(wanted.labels).every(([axis, label]) => labels[axis] === label),
    );
    queue.push(...chosen.map(({ name }) => name));
    if (chosen.length > 0) continue;
    const known =
      named.length > 0 ? named.map(({ name }) => name) : [...new Set(stages.map(({ declared }) => declared))];
    const near = nearestName(text, known);
    const listed =
      known.length > 12 ? `${known.slice(0, 12).join(', ')} and ${known.length - 12} more` : known.join(', ');
    const hint = near ? `Did you mean ${near}?` : `There is: ${listed}.`;
    diagnostics.push({ severity: 'error', message: `${shownAs} has no stage ${text}.`, hint });
  }
  const names = new Set<string>();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    queue.push(...upstream(bindings.get(name)));
  }
  return { names, diagnostics };
}
