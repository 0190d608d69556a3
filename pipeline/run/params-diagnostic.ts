import { DiagnosticError } from '../core/diagnostic.js';
import type { PipelineFile } from '../file/parse.js';
import type { PlannedStage } from '../plan/plan.js';
import { ParamsError } from '../stage/params-error.js';

/**
 * Asks a stage kind something about its params; what it objects to is shown at its place in the pipeline file.
 * @throws DiagnosticError for a ParamsError of the kind; other errors pass
 */
export async function withParamsPlaced<T>(
  { source }: PipelineFile,
  { declared }: PlannedStage,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error;
    const range = source.locateValue(['stages', declared, 'with', ...error.param]);
    const message = [error.message, ...error.details].join('\n  ');
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const diagnostic = { severity: 'error', message, ...(range ? { range } : {}), ...hint } as const;
    throw new DiagnosticError([diagnostic], new Map([[source.file, source.text]]));
  }
}
