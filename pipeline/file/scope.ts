import type { Diagnostic } from '../core/diagnostic.js';
import type { JsonValue } from '../core/json.js';
import type { SourceText } from './source-text.js';
import {
  scopeLookUp,
  substitute,
  type LookUp,
  type Resolved,
  type Scope,
  type Unresolved,
} from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What names stand for, found out as they are asked for. */
interface OpenScope {
  readonly lookUp: LookUp;
  /** Mistakes in what was asked for so far. */
  readonly diagnostics: readonly Diagnostic[];
  /** All of them. */
  resolved(): Scope;
}

/**
 * What `vars` and `env` of a file stand for. Variables may refer to one another and to the environment; a circle
 * is a mistake at its place. A name that is declared but not set is a mistake where it is used, not before.
 * @param environment the variables of this process; only those that the file declares are looked at
 */
export function fileScope(
  data: { readonly vars?: unknown; readonly env?: unknown },
  environment: Environment,
  source: SourceText,
): { readonly scope: Scope; readonly diagnostics: readonly Diagnostic[] } {
  const { resolved, diagnostics } = openScope(data, environment, source);
  return { scope: resolved(), diagnostics };
}

/** As fileScope, for one who needs some of the names only, and is not to hear of mistakes in the others. */
export function openScope(
  data: { readonly vars?: unknown; readonly env?: unknown },
  environment: Environment,
  source: SourceText,
): OpenScope {
  const names = Array.isArray(data.env) ? data.env.filter((name) => typeof name === 'string') : [];
  const env: Record<string, Resolved | Unresolved> = {};
  for (const name of names) {
    const value = environment[name];
    env[name] =
      value === undefined
        ? {
            problem: `The environment variable ${name} is not set.`,
            hint: `Set it before the command: ${name}=… pipeline …`,
          }
        : { value, env: new Set([name]) };
  }

  const written = isRecord(data.vars) ? data.vars : {};
  const vars: Record<string, Resolved> = {};
  const diagnostics: Diagnostic[] = [];
  const open: string[] = [];
  const lookUp: LookUp = (name) => {
    const variable = /^vars\.(.+)$/.exec(name)?.[1];
    if (variable !== undefined && Object.hasOwn(written, variable)) return resolveVariable(variable);
    const known = Object.fromEntries(
      Object.keys(written).map((key) => [key, vars[key] ?? { value: '', env: new Set<string>() }]),
    );
    return scopeLookUp({ vars: known, env }, {})(name);
  };
  function resolveVariable(name: string): Resolved | Unresolved {
    const known = vars[name];
    if (known) return known;
    if (open.includes(name))
      return {
        problem: `These variables are made of each other: ${[...open.slice(open.indexOf(name)), name].join(' → ')}.`,
        hint: 'Give one of them a value of its own.',
      };
    open.push(name);
    const result = substitute(written[name], lookUp, source, ['vars', name]);
    open.pop();
    diagnostics.push(...result.diagnostics);
    return (vars[name] = { value: result.value as JsonValue, env: result.env });
  }
  return {
    lookUp,
    diagnostics,
    resolved: () => {
      for (const name of Object.keys(written)) resolveVariable(name);
      return { vars, env };
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
