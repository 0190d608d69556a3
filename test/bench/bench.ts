/** One figure beside the bar that it is held against. */
export interface Measurement {
  readonly what: string;
  /** For people: `.31 s`, `14 × faster`. */
  readonly measured: string;
  readonly bar: string;
  /** `undefined` when it could not be measured here; `measured` says why. */
  readonly met: boolean | undefined;
}

/** Measures the program as a person runs it: as a process of its own, from the command line. */
export interface Bench {
  readonly name: string;
  /** @param folder empty at the start, deleted at the end */
  measure(folder: string): Promise<readonly Measurement[]>;
}

/** Seconds as people compare them: two significant digits, `.031 s`. */
export function seconds(value: number): string {
  return `${value.toPrecision(2).replace(/^0\./, '.')} s`;
}

export function milliseconds(value: number): string {
  return `${value.toPrecision(2).replace(/^0\./, '.')} ms`;
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
