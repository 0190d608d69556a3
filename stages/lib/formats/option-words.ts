/**
 * An option as whoever reads a message may write it: in a pipeline file, and behind a command:
 * `` `sizeMismatch: scale` (--size-mismatch scale) ``. Readers serve both, and do not know which.
 * @param value left out where only the option itself is meant; `true` is a switch
 */
export function optionWords(name: string, value?: string | true): string {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === undefined) return `\`${name}\` (${flag})`;
  return `\`${name}: ${value}\` (${flag}${value === true ? '' : ` ${value}`})`;
}
