import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { failure, success, type Result } from '../core/result.js';
import { derivedSeed } from '../core/seed.js';
import { issueDiagnostics } from '../file/issues.js';
import type { PipelineFile } from '../file/parse.js';
import type { Resources, StageKind } from '../stage/definition.js';
import type { StageRegistry } from '../stage/registry.js';
import { bindInputs, type Bindings } from './bind-inputs.js';
import { orderStages } from './order-stages.js';
import { selectStages } from './select-stages.js';
import { stagePolicy, stageResources, type StagePolicy } from './stage-policy.js';

/** A stage whose parameters, inputs and place in the graph are known to be right. */
export interface PlannedStage {
  readonly name: string;
  readonly kind: StageKind;
  readonly params: unknown;
  /** Function of the file's seed and the stage's own; not of its name, so that renaming re-runs nothing. */
  readonly seed: number;
  readonly inputs: Bindings;
  /** Of one job: the whole stage, or a batch of its items. */
  readonly resources: Resources;
  readonly policy: StagePolicy;
}

export interface Plan {
  readonly file: PipelineFile;
  /** The selected stages and what they need, every stage after those whose outputs it takes. */
  readonly stages: readonly PlannedStage[];
}

/**
 * File and stage kinds → plan. Pure: looks at no disk and no clock.
 * @param selection names of the stages that are wanted; none means all
 */
export function planPipeline(
  file: PipelineFile,
  registry: StageRegistry,
  selection: readonly string[] = [],
): Result<Plan, readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const known = new Map<string, Omit<PlannedStage, 'name' | 'inputs'>>();
  for (const { name, entry } of file.stages) {
    const path = ['stages', name];
    const kind = registry.get(entry.uses);
    if (!kind) {
      diagnostics.push(unknownKind(file, name, entry.uses, registry));
      continue;
    }
    const params = kind.params.safeParse(entry.with, { reportInput: true });
    if (!params.success)
      diagnostics.push(...issueDiagnostics(params.error.issues, file.source, [...path, 'with'], kind.params));
    const seed = entry.seed === undefined ? derivedSeed(file.seed) : derivedSeed(file.seed, entry.seed);
    known.set(name, {
      kind,
      params: params.data,
      seed,
      resources: params.success ? stageResources(kind, params.data, entry) : { cpu: 1 },
      policy: stagePolicy(entry),
    });
  }

  const kinds = new Map([...known].map(([name, { kind }]) => [name, kind]));
  const bindings = new Map<string, Bindings>();
  for (const { name, entry } of file.stages) {
    const kind = kinds.get(name);
    if (!kind) continue;
    const bound = bindInputs(file, name, entry, kind, kinds);
    diagnostics.push(...bound.diagnostics);
    bindings.set(name, bound.bindings);
  }
  const order = orderStages(file, bindings);
  diagnostics.push(...order.diagnostics);
  const selected = selectStages(file, selection, bindings);
  diagnostics.push(...selected.diagnostics);
  if (diagnostics.length > 0) return failure(diagnostics);

  const stages = order.names.flatMap((name): PlannedStage[] => {
    const stage = known.get(name);
    return stage && selected.names.has(name) ? [{ name, ...stage, inputs: bindings.get(name) ?? {} }] : [];
  });
  return success({ file, stages });
}

function unknownKind(file: PipelineFile, stage: string, uses: string, registry: StageRegistry): Diagnostic {
  const near = nearestName(uses, registry.keys());
  const range = file.source.locateValue(['stages', stage, 'uses']);
  return {
    severity: 'error',
    message: `There is no stage kind ${uses}.`,
    ...(range ? { range } : {}),
    hint: near ? `Did you mean ${near}?` : `There is: ${[...registry.keys()].join(', ')}.`,
  };
}
