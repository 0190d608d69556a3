import type { PipelineFile } from '../file/parse.js';
import { placedError } from '../file/placed-error.js';
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
    throw placedError(error, source, source.locateValue(['stages', declared, 'with', ...error.param]));
  }
}
