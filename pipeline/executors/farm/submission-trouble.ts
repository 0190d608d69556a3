import { SubmissionError } from './cluster.js';

const full =
  /MaxSubmitJob|MaxJobs|QOSMax|AssocMax|AssocGrp|job (submission )?limit|too many (pending )?jobs|exceeded quota|would exceed|maximum number of jobs|Resource temporarily unavailable/i;
const unreachable =
  /unable to contact|timed out|connection (refused|reset)|cannot connect|could ?n.t (connect|resolve)|communication|socket|slurm_load|Zero Bytes|Protocol authentication|munge|backup controller|temporarily|not responding|try again later/i;

/**
 * What a command that submits has said, as far as its words tell whether it is worth trying again.
 * @param exitCode null when it was ended before it had answered
 */
export function submissionTrouble(
  message: string,
  exitCode: number | null,
  taken: readonly number[] = [],
): SubmissionError {
  if (full.test(message)) return new SubmissionError('full', message, taken);
  const isOpen = exitCode === null || unreachable.test(message);
  return new SubmissionError(isOpen ? 'unreachable' : 'refused', message, taken);
}
