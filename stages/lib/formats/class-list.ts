import { nearestName } from '../../../pipeline/core/nearest-name.js';
import { annotationError, type AnnotationPlace } from './annotation-place.js';

/** A file of class names, one a line; empty lines at its end are no classes. */
export function parseClassNames(text: string, file: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  const lineOf = new Map<string, number>();
  for (const [index, name] of lines.entries()) {
    const place = { file, line: index + 1 };
    if (name === '')
      throw annotationError(place, 'the line is empty, and the classes below it would get other numbers.');
    const earlier = lineOf.get(name);
    if (earlier !== undefined) throw annotationError(place, `"${name}" stands in line ${earlier} already.`);
    lineOf.set(name, index + 1);
  }
  if (lines.length === 0) throw annotationError({ file }, 'the file names no class.');
  return lines;
}

/**
 * The class of a number that counts from 0.
 * @throws UserError with the place, when there are not so many classes
 */
export function classAt(text: string, classes: readonly string[], place: AnnotationPlace): string {
  const index = Number(text);
  const name = /^\d+$/.test(text) ? classes[index] : undefined;
  if (name !== undefined) return name;
  throw annotationError(
    place,
    `the class is ${text}, but a number from 0 to ${classes.length - 1} is expected.`,
    `There are ${classes.length} classes, from ${classes[0] ?? ''} to ${classes.at(-1) ?? ''}.`,
  );
}

/** The classes that annotations use, sorted: further images in between change no place. */
export function sortedClasses(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort();
}

/** @throws UserError with the place, for a class that is not in the list that a person gave */
export function checkClass(name: string, classes: ReadonlySet<string>, place: AnnotationPlace): void {
  if (classes.has(name)) return;
  const near = nearestName(name, classes);
  throw annotationError(
    place,
    `the class "${name}" is not in the list of classes.${near === undefined ? '' : ` Is "${near}" meant?`}`,
    'Add it to the list, or leave the list out to take all classes as they come.',
  );
}
