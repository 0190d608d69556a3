import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'detect',
    description: 'find objects in images, folders, films and cameras',
    load: async () => (await import('./detect/command.js')).detectCommand,
  },
  {
    name: 'evaluate',
    description: "compare predictions with the truth, both in COCO's forms",
    load: async () => (await import('./evaluate/command.js')).evaluateCommand,
  },
  {
    name: 'convert',
    description: 'Turn a dataset of one format into another, images included',
    load: async () => (await import('./convert/command.js')).convertCommand,
  },
];
