/**
 * A line as text, for terminals: one column a bin of x, the highest value on top.
 * @param values  in the order of x; more than `columns` are averaged into bins
 * @returns lines, with the scale at the left
 */
export function terminalChart(
  values: readonly number[],
  { columns = 64, rows = 12 }: { readonly columns?: number; readonly rows?: number } = {},
): string[] {
  const width = Math.min(columns, values.length);
  const bins = Array.from({ length: width }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / width), Math.max(Math.floor(((i + 1) * values.length) / width), Math.floor((i * values.length) / width) + 1)); // prettier-ignore
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [low, high] = [Math.min(...bins), Math.max(...bins)];
  const row = (value: number): number =>
    high === low ? 0 : Math.round(((value - low) / (high - low)) * (rows - 1));
  const label = (value: number): string => value.toPrecision(3).padStart(9);
  return Array.from({ length: rows }, (_, i) => {
    const level = rows - 1 - i;
    const scale = level === rows - 1 ? label(high) : level === 0 ? label(low) : ' '.repeat(9);
    return `${scale} ┤${bins.map((value) => (row(value) === level ? '•' : ' ')).join('')}`.trimEnd();
  });
}
