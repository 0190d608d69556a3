import type { AttributeValue } from './annotation.js';

/**
 * An attribute's value as a text file writes it: `true` and `false` are yes and no, plain numbers are numbers, all
 * else is text. A number that would be written differently (`007`, `1e3`) stays the text that it is.
 */
export function attributeOfText(text: string): AttributeValue {
  const trimmed = text.trim();
  if (/^true$/i.test(trimmed)) return true;
  if (/^false$/i.test(trimmed)) return false;
  const number = Number(trimmed);
  return trimmed !== '' && String(number) === trimmed && Number.isFinite(number) ? number : trimmed;
}
