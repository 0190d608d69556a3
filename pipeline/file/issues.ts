import { z } from 'zod';
import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import type { DocumentPath, SourceText } from './source-text.js';

type Issue = z.core.$ZodIssue;

/**
 * What zod objects to as diagnostics at their places in the file, unknown keys with the nearest known one.
 * @param base where the checked value stands in the document
 * @param schema what it was checked against, for the names that would have been right
 */
export function issueDiagnostics(
  issues: readonly Issue[],
  source: SourceText,
  base: DocumentPath,
  schema: z.ZodType,
): Diagnostic[] {
  return issues.flatMap((issue) => diagnose(deepest(issue), source, base, schema));
}

function diagnose(issue: Issue, source: SourceText, base: DocumentPath, schema: z.ZodType): Diagnostic[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const where = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) =>
      diagnostic(
        `Unknown key ${key} in ${where || 'the file'}.`,
        source.locateKey([...path, key]),
        keyHint(key, known),
      ),
    );
  }
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && source.document.getIn(path) === undefined;
  if (missing) return [diagnostic(`${where} is missing: ${plain(issue.message)}`, source.locateKey(path))];
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const written = source.document.getIn(path);
    const near = typeof written === 'string' ? nearestName(written, values) : undefined;
    const hint = near === undefined ? `It takes one of: ${values.join(', ')}.` : `Did you mean ${near}?`;
    return [diagnostic(`${where}: ${plain(issue.message)}`, source.locateValue(path), hint)];
  }
  return [diagnostic(`${where}: ${plain(issue.message)}`, source.locateValue(path))];
}

/** Of a union's complaints, those of the alternative that got furthest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  let best: Issue | undefined;
  for (const inner of issue.errors.flat().map(deepest))
    if (!best || inner.path.length > best.path.length) best = inner;
  if (!best || (best.path.length === 0 && best.code !== 'unrecognized_keys')) return issue;
  return { ...best, path: [...issue.path, ...best.path] };
}

function diagnostic(message: string, range: Diagnostic['range'], hint?: string): Diagnostic {
  return { severity: 'error', message, ...(range ? { range } : {}), ...(hint ? { hint } : {}) };
}

function plain(message: string): string {
  return message.replace(/^Invalid input: /, '');
}

function keyHint(key: string, known: readonly string[]): string | undefined {
  const near = nearestName(key, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length > 0 ? `Known keys: ${known.join(', ')}.` : undefined;
}

/** The property names that a schema allows at a path; none where it cannot be told. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  interface JsonSchema {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly additionalProperties?: JsonSchema | boolean;
    readonly items?: JsonSchema;
    readonly anyOf?: readonly JsonSchema[];
  }
  const root = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as JsonSchema;
  let level: readonly JsonSchema[] = [root];
  const alternatives = (node: JsonSchema): readonly JsonSchema[] => [
    node,
    ...(node.anyOf ?? []).flatMap(alternatives),
  ];
  for (const part of path) {
    level = level.flatMap(alternatives).flatMap((node) => {
      const next =
        typeof part === 'number'
          ? node.items
          : (node.properties?.[String(part)] ?? node.additionalProperties);
      return typeof next === 'object' ? [next] : [];
    });
  }
  return [...new Set(level.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {})))];
}
