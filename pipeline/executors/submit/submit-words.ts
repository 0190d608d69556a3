import type { Engine } from './engine.js';
import { filledWords, type Values } from './fill-in.js';

/** The command that submits a task; the word {extra} stands for the stage's `slurm: { extra: […] }`. */
export function submitWords(
  { command }: Pick<Engine, 'command'>,
  values: Values,
  extra: readonly string[] = [],
): readonly string[] {
  return command.flatMap((word) => (word === '{extra}' ? extra : filledWords([word], values)));
}
