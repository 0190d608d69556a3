import { ndjsonReporter } from '../report/ndjson.js';
import { plainReporter } from '../report/plain.js';
import type { Reporter } from '../report/reporter.js';
import type { Console } from './program.js';

/** How a run is shown: as JSON, as lines, or, to somebody at a terminal, as it goes. */
export async function chooseReporter(json: boolean, console: Console): Promise<Reporter> {
  if (json) return ndjsonReporter(console.out);
  if (!process.stdout.isTTY || process.env['CI']) return plainReporter(console.out);
  const { terminalReporter } = await import('../report/terminal.js');
  return terminalReporter(process.stdout);
}
