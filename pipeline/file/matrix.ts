import type { Diagnostic } from '../core/diagnostic.js';
import type { JsonValue } from '../core/json.js';
import type { FileStage } from './parse.js';
import type { Labels } from './instance-name.js';
import type { DocumentPath, SourceText } from './source-text.js';

/** The values of one axis by label, in the order of the file. */
export type Axis = ReadonlyMap<string, JsonValue>;

/** What a label may be made of: it stands in names of stages and of folders. */
const labelPattern = /^[A-Za-z0-9_.+-]+$/;

/** The axes that a stage declares: values of a list are their own labels, a mapping gives each value its label. */
export function declaredAxes(
  stage: FileStage,
  source: SourceText,
): { readonly axes: ReadonlyMap<string, Axis>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const axes = new Map<string, Axis>();
  for (const [axis, written] of Object.entries(stage.entry.matrix)) {
    const path = ['stages', stage.name, 'matrix', axis];
    const complain = (at: DocumentPath, message: string, hint: string): void => {
      const range = source.locateValue(at);
      diagnostics.push({ severity: 'error', message, ...(range ? { range } : {}), hint });
    };
    const values = new Map<string, JsonValue>();
    axes.set(axis, values);
    const entries = Array.isArray(written)
      ? written.map((value, index) => ({ label: labelOf(value), value, at: [...path, index] }))
      : Object.entries(written).map(([label, value]) => ({ label, value, at: [...path, label] }));
    if (entries.length === 0)
      complain(path, `The axis ${axis} of ${stage.name} has no value.`, 'Give it one, or take it out.');
    for (const { label, value, at } of entries) {
      const spelling = `matrix: { ${axis}: { LABEL: value } }`;
      if (label === undefined)
        complain(
          at,
          `A list cannot stand for itself on the axis ${axis}: its values are texts, numbers, true or false.`,
          `Give the value a label: ${spelling}.`,
        );
      else if (!labelPattern.test(label))
        complain(
          at,
          `${JSON.stringify(label)} cannot be a label: it holds more than letters, digits and _ . + -`,
          Array.isArray(written) ? `Give the value a label: ${spelling}.` : 'Choose another label.',
        );
      else if (JSON.stringify(value).includes('${matrix.'))
        complain(at, 'The value of an axis cannot refer to an axis.', 'Write the value itself.');
      else if (values.has(label))
        complain(at, `The axis ${axis} of ${stage.name} has ${label} twice.`, 'Take one of them out.');
      else values.set(label, value);
    }
  }
  return { axes, diagnostics };
}

/** All combinations of the labels of axes, the first axis slowest; a single empty one without axes. */
export function combinations(axes: ReadonlyMap<string, Iterable<string>>): readonly Labels[] {
  let all: Labels[] = [{}];
  for (const [axis, labels] of axes) {
    const choices = [...labels];
    all = all.flatMap((labelled) => choices.map((label) => ({ ...labelled, [axis]: label })));
  }
  return all;
}

function labelOf(value: JsonValue): string | undefined {
  return value === null || typeof value === 'object' ? undefined : String(value);
}
