import { isMap, isScalar } from 'yaml';
import type { Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { parseYaml } from './parse-yaml.js';
import type { SourceText } from './source-text.js';

/**
 * Applies one `--set path=value` to the document: the value is read as YAML, the path is dotted
 * (`vars.frames=140`, `stages.frames.with.engine.samples=8`). Its parents must be in the file.
 * @returns the mistake, when there is one
 */
export function applySetting(source: SourceText, setting: string): Diagnostic | undefined {
  const mistake = (message: string, hint?: string): Diagnostic => ({
    severity: 'error',
    message: `--set ${setting}: ${message}`,
    ...(hint ? { hint } : {}),
  });
  const match = /^([^=]+)=(.*)$/s.exec(setting);
  if (!match) return mistake('this is not of the form path=value.', 'Example: --set vars.frames=140');
  const path = (match[1] ?? '').trim().split('.');
  let value: unknown;
  try {
    const parsed = parseYaml(match[2] ?? '');
    if (parsed.errors[0]) throw parsed.errors[0];
    value = parsed.toJS();
  } catch (error) {
    return mistake(
      `the value is not YAML (${error instanceof Error ? error.message.split('\n')[0] : String(error)}).`,
    );
  }
  // Stages and variables are looked up: setting a misspelt one would have no effect.
  for (const depth of [1, 2]) {
    if (path.length < depth) break;
    const parentPath = path.slice(0, depth - 1);
    if (depth === 2 && !['stages', 'vars'].includes(path[0] ?? '')) break;
    const parent = depth === 1 ? source.document.contents : source.document.getIn(parentPath);
    const present = isMap(parent)
      ? parent.items.map((item) => (isScalar(item.key) ? String(item.key.value) : ''))
      : [];
    const known =
      depth === 1 ? [...new Set([...present, 'seed', 'store', 'name', 'vars', 'budget'])] : present;
    const wanted = path[depth - 1] ?? '';
    if (!known.includes(wanted)) {
      const near = nearestName(wanted, known);
      const place = depth === 1 ? 'the file' : parentPath.join('.');
      return mistake(
        `there is no ${wanted} in ${place}.`,
        near ? `Did you mean ${[...parentPath, near].join('.')}?` : `There is: ${known.join(', ')}.`,
      );
    }
  }
  try {
    source.document.setIn(path, source.document.createNode(value));
  } catch {
    return mistake('its parent is not a mapping.');
  }
  return undefined;
}
