import type { Reporter } from './reporter.js';

/** For machines: every event as one line of JSON. */
export function ndjsonReporter(write: (line: string) => void): Reporter {
  return {
    on: (event) => write(JSON.stringify(event)),
    close() {
      // Nothing is left open.
    },
  };
}
