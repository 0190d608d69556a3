import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { failure, success, type Result } from '../core/result.js';
import { derivedSeed } from '../core/seed.js';
import { issueDiagnostics } from '../file/issues.js';
import { instanceFolder, type Labels } from '../file/instance-name.js';
import type { PipelineFile } from '../file/parse.js';
import type { Resources, StageKind } from '../stage/definition.js';
import type { StageRegistry } from '../stage/registry.js';
import { bindInputs, type Bindings } from './bind-inputs.js';
import { expandMatrix, type StageInstance } from './expand-matrix.js';
import { withMirrorPaths } from '../store/remotes/source-mirror.js';
import { orderStages } from './order-stages.js';
import { selectStages } from './select-stages.js';
import { stagePolicy, stageResources, type Placement, type StagePolicy } from './stage-policy.js';

/** A stage whose parameters, inputs and place in the graph are known to be right. */
export interface PlannedStage {
  /** `detector`, or `detector[arm=mixed,seed=2]` where it has axes. */
  readonly name: string;
  /** What the file calls it; mistakes are located there. */
  readonly declared: string;
  readonly labels: Labels;
  /** Values of environment variables in its parameters, by name: they appear in no record. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly kind: StageKind;
  readonly params: unknown;
  /** Function of the file's seed and the stage's own; not of its name, so that renaming re-runs nothing. */
  readonly seed: number;
  readonly inputs: Bindings;
  /** Of one job: the whole stage, or a batch of its items. */
  readonly resources: Resources;
  readonly policy: StagePolicy;
  /** Where it runs in a run on a cluster, and what the cluster is told. */
  readonly placement: Placement;
}

export interface Plan {
  readonly file: PipelineFile;
  /** The selected stages and what they need, every stage after those whose outputs it takes. */
  readonly stages: readonly PlannedStage[];
  /** The folders of `out/` that the stages of the file have, selected or not. */
  readonly folders: ReadonlySet<string>;
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
  const kinds = new Map<string, StageKind>();
  for (const { name, entry } of file.stages) {
    const kind = registry.get(entry.uses);
    if (kind) kinds.set(name, kind);
    else diagnostics.push(unknownKind(file, name, entry.uses, registry));
  }
  const { instances, diagnostics: mismatches } = expandMatrix(file, kinds);
  diagnostics.push(...mismatches);
  const byStage = new Map<string, StageInstance[]>();
  for (const { name } of file.stages) byStage.set(name, []);
  for (const instance of instances) byStage.get(instance.declared)?.push(instance);

  const planned = new Map<string, PlannedStage>();
  const bindings = new Map<string, Bindings>();
  for (const instance of instances) {
    const kind = kinds.get(instance.declared);
    if (!kind) continue;
    const { name, declared, labels, secrets } = instance;
    const bound = bindInputs(file, instance, kind, kinds, byStage);
    diagnostics.push(...bound.diagnostics);
    bindings.set(name, bound.bindings);
    const checked = checkedParams(file, instance, kind);
    diagnostics.push(...checked.diagnostics);
    const { seed: own } = instance.entry;
    const seed = own === undefined ? derivedSeed(file.seed) : derivedSeed(file.seed, own);
    planned.set(name, {
      name,
      declared,
      labels,
      secrets,
      kind,
      params: checked.params,
      seed,
      inputs: bound.bindings,
      resources:
        checked.diagnostics.length === 0 ? stageResources(kind, checked.params, instance.entry) : { cpu: 1 },
      policy: stagePolicy(instance.entry),
      placement: { isLocal: instance.entry.executor === 'local', slurm: instance.entry.slurm ?? {} },
    });
  }
  const order = orderStages(file, instances, bindings);
  diagnostics.push(...order.diagnostics);
  const selected = selectStages(file.path, instances, selection, bindings);
  // A wrong matrix leaves stages out: that one of them is not found says nothing then.
  if (mismatches.length === 0) diagnostics.push(...selected.diagnostics);
  if (diagnostics.length > 0) return failure(withoutRepeats(diagnostics));

  const names = order.names.filter((name) => selected.names.has(name));
  const folders = new Set(instances.map(({ declared, labels }) => instanceFolder(declared, labels)));
  return success({ file, stages: names.flatMap((name) => planned.get(name) ?? []), folders });
}

function checkedParams(
  file: PipelineFile,
  { declared, entry }: StageInstance,
  kind: StageKind,
): { readonly params: unknown; readonly diagnostics: readonly Diagnostic[] } {
  // Stages that take files out of buckets are handed the copies that the store makes of them.
  const given = kind.takesBucketUrls ? withMirrorPaths(entry.with, file.store) : entry.with;
  const params = kind.params.safeParse(given, { reportInput: true });
  if (params.success) return { params: params.data, diagnostics: [] };
  const path = ['stages', declared, 'with'];
  return {
    params: undefined,
    diagnostics: issueDiagnostics(params.error.issues, file.source, path, kind.params),
  };
}

/** Instances of one stage share its mistakes. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
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
