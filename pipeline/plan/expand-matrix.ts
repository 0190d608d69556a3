import type { Diagnostic } from '../core/diagnostic.js';
import { issueDiagnostics } from '../file/issues.js';
import { instanceName, type Labels } from '../file/instance-name.js';
import { combinations, declaredAxes, type Axis } from '../file/matrix.js';
import type { FileStage, PipelineFile } from '../file/parse.js';
import { instanceEntrySchema, type InstanceEntry } from '../file/schema.js';
import { scopeLookUp, substitute, type Resolved } from '../file/variables.js';
import type { StageKind } from '../stage/definition.js';
import { flowAxes } from './flow-axes.js';

/** A stage of the file, or one of its instances when it has axes: all references are filled in. */
export interface StageInstance {
  /** `detector`, or `detector[arm=mixed,seed=2]`. */
  readonly name: string;
  /** The stage of the file that this is an instance of. */
  readonly declared: string;
  readonly labels: Labels;
  readonly entry: InstanceEntry;
  /** Values of environment variables that are in its parameters, by name: they appear in no record. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** More instances of one stage than this are a mistake: each is a folder, a row of every report, a line of the plan. */
const mostInstances = 10_000;

/**
 * Makes an instance of every stage for each combination of its axes' values, in the order of the file.
 * @param kinds the kinds of the stages that have a known one, by the stages' names in the file
 */
export function expandMatrix(
  file: PipelineFile,
  kinds: ReadonlyMap<string, StageKind>,
): { readonly instances: readonly StageInstance[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const declared = new Map<string, ReadonlyMap<string, Axis>>();
  for (const stage of file.stages) {
    const { axes, diagnostics: mistakes } = declaredAxes(stage, file.source);
    declared.set(stage.name, axes);
    diagnostics.push(...mistakes);
  }
  // With axes that are wrong in themselves, what flows would only repeat the complaint.
  if (diagnostics.length > 0) return { instances: [], diagnostics };

  const { axesOf, diagnostics: mismatches } = flowAxes(file, kinds, declared);
  diagnostics.push(...mismatches);
  const instances = file.stages.flatMap((stage): StageInstance[] => {
    const axes = axesOf.get(stage.name) ?? new Map<string, Axis>();
    const count = [...axes.values()].reduce((product, { size }) => product * size, 1);
    if (count > mostInstances) {
      const range = file.source.locateKey(['stages', stage.name]);
      const sizes = [...axes].map(([axis, { size }]) => `${axis}: ${size}`).join(', ');
      diagnostics.push({
        severity: 'error',
        message: `${stage.name} would be made ${count} times (${sizes}); ${mostInstances} is the most.`,
        ...(range ? { range } : {}),
        hint: 'Take values out of its axes, or collect one of them in an input that takes a list.',
      });
      return [];
    }
    return combinations(new Map([...axes].map(([axis, values]) => [axis, values.keys()]))).flatMap(
      (labels) => {
        const made = instanceOf(file, stage, labels, axes, declared.get(stage.name)?.has('seed') ?? false);
        diagnostics.push(...made.diagnostics);
        return made.instance ? [made.instance] : [];
      },
    );
  });
  return { instances, diagnostics };
}

function instanceOf(
  file: PipelineFile,
  stage: FileStage,
  labels: Labels,
  axes: ReadonlyMap<string, Axis>,
  seedAxis: boolean,
): { readonly instance?: StageInstance; readonly diagnostics: readonly Diagnostic[] } {
  const matrix: Record<string, Resolved> = {};
  for (const [axis, label] of Object.entries(labels))
    matrix[axis] = { value: axes.get(axis)?.get(label) ?? null, env: new Set() };
  const { source } = file;
  const path = ['stages', stage.name];
  const filled = substitute(stage.written, scopeLookUp(file.scope, matrix), source, path);
  const diagnostics: Diagnostic[] = [...filled.diagnostics];
  const checked = instanceEntrySchema.safeParse(filled.value, { reportInput: true });
  if (checked.error)
    diagnostics.push(...issueDiagnostics(checked.error.issues, source, path, instanceEntrySchema));
  if (!checked.success || diagnostics.length > 0) return { diagnostics };

  let entry = checked.data;
  if (seedAxis && entry.seed === undefined) {
    const seed = matrix['seed']?.value;
    if (typeof seed !== 'number' || !Number.isInteger(seed)) {
      const range = source.locateValue([...path, 'matrix', 'seed']);
      const message = `The axis seed gives ${stage.name} its seed, which is a whole number, not ${JSON.stringify(seed)}.`;
      const hint = 'Call the axis something else, or say what the seed is with `seed:`.';
      return { diagnostics: [{ severity: 'error', message, ...(range ? { range } : {}), hint }] };
    }
    entry = { ...entry, seed };
  }
  const secrets = Object.fromEntries(
    [...filled.env].flatMap((name) => {
      const found = file.scope.env[name];
      const value = found && 'value' in found ? found.value : undefined;
      return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
    }),
  );
  const name = instanceName(stage.name, labels);
  return { instance: { name, declared: stage.name, labels, entry, secrets }, diagnostics };
}
