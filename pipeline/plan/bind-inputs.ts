import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import type { PipelineFile } from '../file/parse.js';
import { labelsAgree } from '../file/instance-name.js';
import type { DocumentPath } from '../file/source-text.js';
import type { InputSpec, StageKind } from '../stage/definition.js';
import type { StageInstance } from './expand-matrix.js';

/** One output of another stage. */
export interface Binding {
  /** The name of the instance. */
  readonly stage: string;
  readonly output: string;
}

/** What each input of a stage is bound to, in the order of the file. */
export type Bindings = Readonly<Record<string, readonly Binding[]>>;

/**
 * Looks up what a stage's `in` names and checks the types, before anything runs. Of a stage with axes the instances
 * are taken whose labels agree; an input that takes a list takes all of them.
 * @param kinds the kinds of all stages of the file that have one
 * @param instances the instances of every stage of the file
 */
export function bindInputs(
  file: PipelineFile,
  instance: StageInstance,
  kind: StageKind,
  kinds: ReadonlyMap<string, StageKind>,
  instances: ReadonlyMap<string, readonly StageInstance[]>,
): { readonly bindings: Bindings; readonly diagnostics: readonly Diagnostic[] } {
  const { declared: stage, entry } = instance;
  const diagnostics: Diagnostic[] = [];
  const complain = (path: DocumentPath, part: 'key' | 'value', message: string, hint?: string): void => {
    const range = part === 'key' ? file.source.locateKey(path) : file.source.locateValue(path);
    diagnostics.push({ severity: 'error', message, ...(range ? { range } : {}), ...(hint ? { hint } : {}) });
  };
  const bindings: Record<string, readonly Binding[]> = {};
  for (const [input, reference] of Object.entries(entry.in)) {
    const path = ['stages', stage, 'in', input];
    const spec = kind.inputs[input];
    if (!spec) {
      const names = Object.keys(kind.inputs);
      const near = nearestName(input, names);
      const listed = names.length > 0 ? `It takes: ${names.join(', ')}.` : 'It takes none.';
      complain(path, 'key', `${kind.kind} has no input ${input}.`, near ? `Did you mean ${near}?` : listed);
      continue;
    }
    const references = Array.isArray(reference) ? reference : [reference];
    if (references.length !== 1 && !spec.many)
      complain(path, 'key', `${input} takes exactly one ${spec.type}, not a list of ${references.length}.`);
    if (references.length === 0 && spec.many && !spec.optional)
      complain(path, 'key', `${input} takes one ${spec.type} at least.`, alternatives(spec, stage, kinds));
    bindings[input] = references.flatMap((text, index) => {
      const at = Array.isArray(reference) ? [...path, index] : path;
      const binding = resolveReference(text, file, kinds);
      if (typeof binding === 'string') {
        complain(at, 'value', `There is no ${text} to take ${input} from.`, binding);
        return [];
      }
      // A stage of an unknown kind is complained about where it stands.
      const type = kinds.get(binding.stage)?.outputs[binding.output]?.type;
      if (type !== undefined && type !== spec.type)
        complain(
          at,
          'value',
          `${input} takes a ${spec.type}, but ${text} is a ${type}.`,
          alternatives(spec, stage, kinds),
        );
      const candidates = instances.get(binding.stage) ?? [];
      const joined = candidates.filter(({ labels }) => labelsAgree(labels, instance.labels));
      if (joined.length === 0 && candidates.length > 0)
        complain(
          at,
          'value',
          `${instance.name} finds no instance of ${binding.stage} with its labels.`,
          `There is: ${candidates.map(({ name }) => name).join(', ')}.`,
        );
      // By name: the order of an axis's labels in the file means nothing, and may not make anything run again.
      const names = joined.map(({ name }) => name).sort();
      return names.map((name) => ({ stage: name, output: binding.output }));
    });
  }
  for (const [input, spec] of Object.entries(kind.inputs)) {
    if (spec.optional || (bindings[input]?.length ?? 0) > 0 || entry.in[input] !== undefined) continue;
    const hint = `Write in: { ${input}: … }. ${alternatives(spec, stage, kinds)}`;
    complain(['stages', stage], 'key', `${stage} needs an input ${input} (${spec.description}).`, hint);
  }
  return { bindings, diagnostics };
}

/** A binding, or a hint about what was meant. */
function resolveReference(
  text: string,
  file: PipelineFile,
  kinds: ReadonlyMap<string, StageKind>,
): Binding | string {
  const [stage = '', output, ...rest] = text.split('.');
  const declared = file.stages.some(({ name }) => name === stage);
  const kind = kinds.get(stage);
  if (declared && !kind) return { stage, output: output ?? '' };
  if (kind && rest.length === 0) {
    const outputs = Object.keys(kind.outputs);
    if (output === undefined && outputs.length === 1) return { stage, output: outputs[0] ?? '' };
    if (output === undefined)
      return `${stage} has several outputs: ${outputs.map((name) => `${stage}.${name}`).join(', ')}.`;
    if (outputs.includes(output)) return { stage, output };
  }
  const known = [...kinds].flatMap(([name, { outputs }]) => {
    const names = Object.keys(outputs).map((each) => `${name}.${each}`);
    return names.length === 1 ? [name, ...names] : names;
  });
  const near = nearestName(text, known);
  return near ? `Did you mean ${near}?` : `There is: ${known.join(', ')}.`;
}

function alternatives(spec: InputSpec, stage: string, kinds: ReadonlyMap<string, StageKind>): string {
  const fitting = [...kinds]
    .filter(([name]) => name !== stage)
    .flatMap(([name, { outputs }]) => {
      const several = Object.keys(outputs).length > 1;
      const right = Object.entries(outputs).filter(([, output]) => output.type === spec.type);
      return right.map(([output]) => (several ? `${name}.${output}` : name));
    });
  return fitting.length > 0
    ? `A ${spec.type} comes from: ${fitting.join(', ')}.`
    : `No stage of this file makes a ${spec.type}.`;
}
