import type { Diagnostic } from '../core/diagnostic.js';
import type { JsonValue } from '../core/json.js';
import { nearestName } from '../core/nearest-name.js';
import type { DocumentPath, SourceText } from './source-text.js';

/** `${name.path}`; `$${` stands for a literal `${`. */
const reference = /\$\$\{|\$\{([^}]*)\}/g;

/**
 * Puts the values of `${vars.NAME}` in: a text that is nothing but one reference becomes the value itself
 * (a number stays a number), elsewhere the value becomes part of the text.
 * @param value plain data out of the document, which stands there at `path`
 */
export function substitute(
  value: unknown,
  vars: Readonly<Record<string, JsonValue>>,
  source: SourceText,
  path: DocumentPath,
): { readonly value: unknown; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];

  function lookUp(name: string, at: DocumentPath): JsonValue {
    const variable = /^vars\.(.+)$/.exec(name.trim())?.[1];
    const found = variable === undefined ? undefined : vars[variable];
    if (found !== undefined) return found;
    const range = source.locateValue(at);
    const known = Object.keys(vars).map((key) => `vars.${key}`);
    const near = nearestName(name.trim(), known);
    diagnostics.push({
      severity: 'error',
      message: `\${${name}} is not known.`,
      ...(range ? { range } : {}),
      hint: near
        ? `Did you mean \${${near}}?`
        : 'Only ${vars.NAME} stands for a value; write $${ where ${ itself is meant.',
    });
    return '';
  }

  function visit(node: unknown, at: DocumentPath): unknown {
    if (typeof node === 'string') {
      const whole = /^\$\{([^}]*)\}$/.exec(node)?.[1];
      if (whole !== undefined) return lookUp(whole, at);
      return node.replace(reference, (_text: string, name: string | undefined) => {
        if (name === undefined) return '${';
        const found = lookUp(name, at);
        return typeof found === 'string' ? found : JSON.stringify(found);
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...at, index]));
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, visit(item, [...at, key])]));
    return node;
  }

  return { value: visit(value, path), diagnostics };
}
