import pc from 'picocolors';
import { UserError } from '../core/user-error.js';
import { unreachable } from '../core/unreachable.js';
import type { HealthCheck, HealthHost, HealthReport } from '../stage/health-check.js';
import { diskSpaceCheck } from './health/disk-space.js';
import { nodeVersionCheck } from './health/node-version.js';

interface NamedReport extends HealthReport {
  readonly name: string;
}

/**
 * Looks at the machine and says what is there, what is missing and how to get it. The engine's own checks come
 * first, then those of the program.
 * @param output `json` prints one array for machines instead of the table
 * @returns the exit code: 0 when nothing that is required is missing, else 1
 */
export async function runDoctor(
  checks: readonly HealthCheck[],
  host: HealthHost,
  output: { readonly json: boolean; readonly write: (line: string) => void },
): Promise<number> {
  const all = [nodeVersionCheck(), diskSpaceCheck, ...checks];
  const nameWidth = Math.max(...all.map((check) => check.name.length));
  const reports: NamedReport[] = [];
  for (const check of all) {
    const report = { name: check.name, ...(await runCheck(check, host)) };
    reports.push(report);
    if (!output.json) for (const line of tableLines(report, nameWidth)) output.write(line);
  }
  if (output.json) output.write(JSON.stringify(reports, undefined, 2));
  const missing = reports.filter((report) => report.state === 'missing').map((report) => report.name);
  if (!output.json && missing.length > 0) output.write(`\nMissing, and required: ${missing.join(', ')}.`);
  return missing.length > 0 ? 1 : 0;
}

async function runCheck(check: HealthCheck, host: HealthHost): Promise<HealthReport> {
  try {
    return await check.run(host);
  } catch (error) {
    if (!(error instanceof UserError)) return { state: 'missing', found: `not known: ${String(error)}` };
    const found = [error.message, ...error.details].join('\n');
    return { state: 'missing', found, ...(error.hint === undefined ? {} : { remedy: error.hint }) };
  }
}

/** name, state, and what was found, each line of it under the other; the remedy after an arrow. */
function tableLines(report: NamedReport, width: number): readonly string[] {
  const indent = ' '.repeat(width + 2 + stateWidth + 2);
  const [first = '', ...rest] = report.found.split('\n');
  const lines = [`${report.name.padEnd(width)}  ${paint(report.state)}  ${first}`];
  for (const line of rest) lines.push(`${indent}${line}`);
  if (report.remedy !== undefined) lines.push(`${indent}→ ${report.remedy}`);
  return lines;
}

const stateWidth = 'missing'.length;

function paint(state: HealthReport['state']): string {
  const text = state.padEnd(stateWidth);
  switch (state) {
    case 'ok':
      return pc.green(text);
    case 'warning':
      return pc.yellow(text);
    case 'missing':
      return pc.red(text);
    default:
      return unreachable(state);
  }
}
