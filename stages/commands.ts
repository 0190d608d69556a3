import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'convert',
    description: 'Turn a dataset of one format into another, images included',
    load: async () => (await import('./convert/command.js')).convertCommand,
  },
];
