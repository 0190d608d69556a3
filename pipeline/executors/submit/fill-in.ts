import { UserError } from '../../core/user-error.js';
import type { Word } from './engine.js';

/** What {names} stand for; a name that may stand there and has no value now is undefined. */
export type Values = ReadonlyMap<string, string | undefined>;

const braced = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/** The words of a command. @throws UserError for a {name} that nobody has said anything of */
export function filledWords(words: readonly Word[], values: Values): readonly string[] {
  return words.flatMap((word) => {
    if (typeof word !== 'string') {
      const filled = word.map((each) => filledText(each, values));
      return filled.every((each) => each !== undefined) ? filled : [];
    }
    return filledText(word, values) ?? [];
  });
}

/** A text; undefined when a name in it has no value. @param quoted makes a value part of the text */
export function filledText(
  text: string,
  values: Values,
  quoted: (value: string) => string = (value) => value,
): string | undefined {
  let isComplete = true;
  const filled = text.replace(braced, (_whole, name: string) => {
    if (!values.has(name))
      throw new UserError(`Nothing is known of {${name}}.`, {
        hint: `Say what it is in \`submit: { values: { ${name}: … } }\`; by itself there is ${[...values.keys()].map((each) => `{${each}}`).join(', ')}.`,
      });
    const value = values.get(name);
    isComplete &&= value !== undefined;
    return quoted(value ?? '');
  });
  return isComplete ? filled : undefined;
}

/** A document's values, all texts in it filled in; what has a name without a value in it is left out. */
export function filledValue(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return filledText(value, values);
  if (Array.isArray(value))
    return value.map((item) => filledValue(item, values)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const filled = filledValue(item, values);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}
