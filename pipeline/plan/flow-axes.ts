import { canonicalJson } from '../core/canonical-json.js';
import type { Diagnostic } from '../core/diagnostic.js';
import { combinations, type Axis } from '../file/matrix.js';
import type { FileStage, PipelineFile } from '../file/parse.js';
import { scopeLookUp, substitute, type Resolved } from '../file/variables.js';
import type { StageKind } from '../stage/definition.js';

type Axes = ReadonlyMap<string, Axis>;

/**
 * Which axes every stage has: those that it declares, and those of the stages that it takes from. An input that
 * takes a list hands no axis on: it collects. A stage that declares an axis of its upstream joins it by label.
 * @param declared the axes that stand at each stage in the file
 */
export function flowAxes(
  file: PipelineFile,
  kinds: ReadonlyMap<string, StageKind>,
  declared: ReadonlyMap<string, Axes>,
): { readonly axesOf: ReadonlyMap<string, Axes>; readonly diagnostics: readonly Diagnostic[] } {
  const byName = new Map(file.stages.map((stage) => [stage.name, stage]));
  const axesOf = new Map<string, Axes>();
  const open = new Set<string>();
  const diagnostics: Diagnostic[] = [];

  function visit(stage: FileStage): Axes {
    const known = axesOf.get(stage.name);
    if (known) return known;
    const own = declared.get(stage.name) ?? new Map<string, Axis>();
    // A circle is named when the stages are put in order.
    if (open.has(stage.name)) return own;
    open.add(stage.name);
    // What `in` refers to may depend on an axis that comes down another input: until nothing more comes.
    let axes: Axes = own;
    let mistakes: readonly Diagnostic[] = [];
    for (let count = -1; axes.size > count;) {
      count = axes.size;
      const upstream = referredStages(file, stage, axes, kinds.get(stage.name));
      const found = joined(
        file,
        stage,
        own,
        upstream.flatMap((name) => {
          const from = byName.get(name);
          return from ? [{ name, axes: visit(from) }] : [];
        }),
      );
      axes = found.axes;
      mistakes = found.diagnostics;
    }
    diagnostics.push(...mistakes);
    open.delete(stage.name);
    axesOf.set(stage.name, axes);
    return axes;
  }

  for (const stage of file.stages) visit(stage);
  return { axesOf, diagnostics };
}

/** The names of the stages that inputs which take one artifact refer to, in any instance, in the order of the file. */
function referredStages(
  file: PipelineFile,
  stage: FileStage,
  axes: Axes,
  kind: StageKind | undefined,
): readonly string[] {
  const names = new Set<string>();
  const single = Object.entries(stage.entry.in).filter(([input]) => !kind?.inputs[input]?.many);
  for (const [input, written] of single) {
    const used = [...axes].filter(([axis]) => JSON.stringify(written).includes(`\${matrix.${axis}}`));
    for (const labels of combinations(new Map(used.map(([axis, values]) => [axis, values.keys()])))) {
      const matrix: Record<string, Resolved> = {};
      for (const [axis, label] of Object.entries(labels))
        matrix[axis] = { value: axes.get(axis)?.get(label) ?? null, env: new Set() };
      const lookUp = scopeLookUp(file.scope, matrix);
      const { value } = substitute(written, lookUp, file.source, ['stages', stage.name, 'in', input]);
      for (const reference of [value].flat())
        if (typeof reference === 'string') names.add(reference.split('.')[0] ?? '');
    }
  }
  return [...names];
}

function joined(
  file: PipelineFile,
  stage: FileStage,
  own: Axes,
  upstream: readonly { readonly name: string; readonly axes: Axes }[],
): { readonly axes: Axes; readonly diagnostics: readonly Diagnostic[] } {
  const axes = new Map<string, Axis>(own);
  const origin = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const complain = (path: readonly string[], message: string, hint: string): void => {
    const range = file.source.locateKey(['stages', stage.name, ...path]);
    diagnostics.push({ severity: 'error', message, ...(range ? { range } : {}), hint });
  };
  for (const from of upstream)
    for (const [axis, values] of from.axes) {
      const mine = own.get(axis);
      const earlier = origin.get(axis);
      const labels = [...values.keys()];
      if (mine) {
        const missing = [...mine.keys()].filter((label) => !values.has(label));
        if (missing.length > 0)
          complain(
            ['matrix', axis],
            `${stage.name} has ${axis}=${missing.join(', ')}, but ${from.name}, which it takes from, has ${axis}: ${labels.join(', ')}.`,
            `Take ${missing.join(', ')} out here, or add it to ${from.name}.`,
          );
      } else if (earlier === undefined) {
        axes.set(axis, values);
        origin.set(axis, from.name);
      } else if (!sameAxis(values, axes.get(axis) ?? new Map<string, never>())) {
        const others = axes.get(axis) ?? new Map<string, never>();
        const common = labels.filter((label) => others.has(label));
        const disagree = common.find(
          (label) => canonicalJson(values.get(label) ?? null) !== canonicalJson(others.get(label) ?? null),
        );
        complain(
          ['in'],
          disagree === undefined
            ? `${stage.name} takes from ${earlier} (${axis}: ${[...others.keys()].join(', ')}) and from ${from.name} (${axis}: ${labels.join(', ')}).`
            : `${axis}=${disagree} stands for different values in ${earlier} and in ${from.name}, which ${stage.name} takes from.`,
          common.length > 0
            ? `Say which it is made for: matrix: { ${axis}: [${common.join(', ')}] }.`
            : `They have no label in common: call one of the axes something else.`,
        );
      }
    }
  return { axes: new Map([...axes].sort(([a], [b]) => (a < b ? -1 : 1))), diagnostics };
}

function sameAxis(a: Axis, b: Axis): boolean {
  return (
    a.size === b.size &&
    [...a].every(
      ([label, value]) => b.has(label) && canonicalJson(b.get(label) ?? null) === canonicalJson(value),
    )
  );
}
