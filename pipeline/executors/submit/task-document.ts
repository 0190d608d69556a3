import { extname } from 'node:path';
import { parse, stringify } from 'yaml';
import { shellQuoted } from '../farm/worker-script.js';
import type { TaskDocument } from './engine.js';
import { filledText, filledValue, type Values } from './fill-in.js';

/**
 * The text of a task's document. Of YAML and JSON the values are filled in, not the text, so that no value can become
 * syntax; the lines of other files are for a shell, and values are words in them.
 * @throws UserError for a name that is not known, or what its engine objects to
 */
export function filledDocument(text: string, { path, check }: TaskDocument, values: Values): string {
  const kind = extname(path);
  if (kind !== '.yaml' && kind !== '.yml' && kind !== '.json')
    return text
      .split('\n')
      .map((line) => filledText(line, values, shellQuoted) ?? '')
      .join('\n');
  const filled = filledValue(parse(text), values);
  const checked = check ? check(filled) : filled;
  return kind === '.json' ? `${JSON.stringify(checked)}\n` : stringify(checked);
}
