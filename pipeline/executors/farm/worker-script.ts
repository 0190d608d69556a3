/**
 * What a node runs for the tasks of a submission: the program itself, in place of the shell, so that the engine's
 * signals reach it. The index of the task is the first argument, or what Slurm says.
 */
export function workerScript(program: readonly string[], directory: string): string {
  const words = [...program, 'worker', directory].map(shellQuoted).join(' ');
  return `#!/bin/sh\nexec ${words} "\${1:-$SLURM_ARRAY_TASK_ID}"\n`;
}

/** A word for a shell, whatever stands in it. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
