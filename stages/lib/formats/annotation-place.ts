import { UserError } from '../../../pipeline/core/user-error.js';

/** Where in an annotation file something stands, for messages. */
export interface AnnotationPlace {
  /** The file as people know it: its path below the folder that they named. */
  readonly file: string;
  /** Counts from 1. */
  readonly line?: number;
  /** For files without useful lines: `annotations[17]`, `object 3`, `record 12`. */
  readonly element?: string;
}

/** `labels/a.txt, line 3` or `instances.json, annotations[17]`. */
export function placeText(place: AnnotationPlace): string {
  const line = place.line === undefined ? '' : `, line ${place.line}`;
  return `${place.file}${line}${place.element === undefined ? '' : `, ${place.element}`}`;
}

/** A mistake in an annotation file: where, what, and what to do about it. */
export function annotationError(
  place: AnnotationPlace,
  problem: string,
  hint?: string,
  cause?: unknown,
): UserError {
  return new UserError(`${placeText(place)}: ${problem}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * A finite number out of a text.
 * @throws UserError that names the place, for anything else
 */
export function parseNumber(text: string | undefined, name: string, place: AnnotationPlace): number {
  const trimmed = text?.trim() ?? '';
  const value = trimmed === '' ? NaN : Number(trimmed);
  if (Number.isFinite(value)) return value;
  throw annotationError(
    place,
    text === undefined ? `${name} is missing.` : `${name} is "${text}", which is no number.`,
  );
}
