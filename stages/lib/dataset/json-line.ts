import type { z } from 'zod';
import { UserError } from '../../../pipeline/core/user-error.js';

/** Where a piece of JSON came from, for messages. */
export interface LinePlace {
  /** The artifact's name for people. */
  readonly label: string;
  readonly file: string;
  /** Counts from 1; absent when the file is one JSON value. */
  readonly line?: number;
}

/**
 * Parses and validates one line of a .jsonl file, or a whole .json file.
 * @throws UserError that names the artifact, the file, the line and every property that is wrong
 */
export function parseLine<T>(text: string, schema: z.ZodType<T>, place: LinePlace): T {
  const where = `${place.label}, ${place.file}${place.line === undefined ? '' : ` line ${place.line}`}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${where} is not JSON: ${excerpt(text)}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return `${path === '' ? '' : `${path}: `}${issue.message}`;
  });
  throw new UserError(`${where} is not as expected: ${wrong.join('; ')}`, { details: [excerpt(text)] });
}

function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
