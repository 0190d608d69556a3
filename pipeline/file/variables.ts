import type { Diagnostic } from '../core/diagnostic.js';
import type { JsonValue } from '../core/json.js';
import { nearestName } from '../core/nearest-name.js';
import type { DocumentPath, SourceText } from './source-text.js';

/** A value that a reference stands for, and the environment variables that went into it. */
export interface Resolved {
  readonly value: JsonValue;
  readonly env: ReadonlySet<string>;
}

/** Why a reference has no value. */
export interface Unresolved {
  readonly problem: string;
  readonly hint: string;
}

/** Looks the name inside `${…}` up; undefined leaves the whole text as it stands, for a later look-up. */
export type LookUp = (name: string) => Resolved | Unresolved | undefined;

/** What names may stand for: `vars.NAME` and `env.NAME`, and inside an instance of a stage `matrix.AXIS`. */
export interface Scope {
  readonly vars: Readonly<Record<string, Resolved>>;
  readonly env: Readonly<Record<string, Resolved | Unresolved>>;
}

export interface Substituted {
  readonly value: unknown;
  /** Names of the environment variables whose values are in it. */
  readonly env: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** `${name.path}`; `$${` stands for a literal `${`. */
const reference = /\$\$\{|\$\{([^}]*)\}/g;

/**
 * Puts the values of references in: a text that is nothing but one reference becomes the value itself (a number
 * stays a number), elsewhere the value becomes part of the text.
 * @param value plain data out of the document, which stands there at `path`
 */
export function substitute(
  value: unknown,
  lookUp: LookUp,
  source: SourceText,
  path: DocumentPath,
): Substituted {
  const diagnostics: Diagnostic[] = [];
  const env = new Set<string>();

  function visitText(text: string, at: DocumentPath): unknown {
    const names = [...text.matchAll(reference)].flatMap(([, name]) =>
      name === undefined ? [] : [name.trim()],
    );
    const found = new Map<string, JsonValue>();
    for (const name of names) {
      const answer = lookUp(name);
      if (answer === undefined) return text;
      if ('problem' in answer) {
        const range = source.locateValue(at);
        const { problem, hint } = answer;
        diagnostics.push({ severity: 'error', message: problem, ...(range ? { range } : {}), hint });
        found.set(name, '');
        continue;
      }
      for (const used of answer.env) env.add(used);
      found.set(name, answer.value);
    }
    const whole = /^\$\{([^}]*)\}$/.exec(text)?.[1];
    if (whole !== undefined) return found.get(whole.trim());
    return text.replace(reference, (_text: string, name: string | undefined) => {
      if (name === undefined) return '${';
      const replacement = found.get(name.trim());
      return typeof replacement === 'string' ? replacement : JSON.stringify(replacement);
    });
  }

  function visit(node: unknown, at: DocumentPath): unknown {
    if (typeof node === 'string') return visitText(node, at);
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...at, index]));
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item, [...at, key])]));
    return node;
  }

  return { value: visit(value, path), env, diagnostics };
}

/**
 * Looks `vars.NAME` and `env.NAME` up in a scope.
 * @param matrix the axes of the instance at hand; without it, `matrix.AXIS` is left for later
 */
export function scopeLookUp(scope: Scope, matrix?: Readonly<Record<string, Resolved | Unresolved>>): LookUp {
  return (name) => {
    const [, kind, key] = /^(vars|env|matrix)\.(.+)$/.exec(name) ?? [];
    if (kind === 'matrix' && matrix === undefined) return undefined;
    const tables = { vars: scope.vars, env: scope.env, matrix: matrix ?? {} };
    if (kind !== undefined && key !== undefined) {
      const table = tables[kind as keyof typeof tables];
      if (Object.hasOwn(table, key)) return table[key];
      if (kind === 'env')
        return {
          problem: `\${env.${key}} is not declared.`,
          hint: `Declare it at the top of the file: env: [${[...Object.keys(scope.env), key].join(', ')}].`,
        };
    }
    const known = Object.entries(tables).flatMap(([table, entries]) =>
      Object.keys(entries).map((entry) => `${table}.${entry}`),
    );
    const near = nearestName(name, known);
    const axes = Object.keys(tables.matrix);
    const others =
      kind === 'matrix'
        ? axes.length > 0
          ? `Its axes are: ${axes.join(', ')}.`
          : 'This stage has no axis: it has no matrix, and none of the stages it takes from has one.'
        : 'Only ${vars.NAME}, ${env.NAME} and ${matrix.AXIS} stand for a value; write $${ where ${ itself is meant.';
    return {
      problem: `\${${name}} is not known.`,
      hint: near ? `Did you mean \${${near}}?` : others,
    };
  };
}
