import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'stats',
    description: 'Says what datasets hold, and compares them.',
    load: async () => (await import('./stats/command.js')).statsCommand,
  },
];
