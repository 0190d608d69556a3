const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A length of time as it stands in a pipeline file, and what it is. */
export interface Length {
  readonly text: string;
  readonly ms: number;
}

/** What a length of time looks like in a pipeline file: `500ms`, `30s`, `1.5h`. */
export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A length of time in milliseconds. @throws Error for a text that durationPattern does not match */
export function durationMs(text: string): number {
  const [, number, unit = ''] = durationPattern.exec(text) ?? [];
  const factor = unitsMs[unit];
  if (number === undefined || factor === undefined) throw new Error(`${text} is no length of time.`);
  return Number(number) * factor;
}
