import type { Readable } from 'node:stream';
import { annotationError } from './annotation-place.js';

/** Longer lines are taken for something that is no text. */
const maxLineChars = 16 * 1024 * 1024;

/**
 * The lines of a text file without their ends, streamed; counted from 1. A byte order mark is left out.
 * @throws UserError with file and line for a line that is too long
 */
export async function* readTextLines(
  input: Readable,
  file: string,
): AsyncIterable<{ readonly line: number; readonly text: string }> {
  let rest = '';
  let line = 0;
  const clean = (text: string): string => text.replace(/\r$/, '').replace(line === 1 ? /^\ufeff/ : '', '');
  for await (const chunk of input.setEncoding('utf8')) {
    const texts = (rest + String(chunk)).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      line += 1;
      yield { line, text: clean(text) };
    }
    if (rest.length > maxLineChars)
      throw annotationError({ file, line: line + 1 }, `the line is longer than ${maxLineChars} characters.`);
  }
  if (rest === '') return;
  line += 1;
  yield { line, text: clean(rest) };
}
