import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [];
