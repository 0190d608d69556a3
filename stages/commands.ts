import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'convert',
    description: 'turn a dataset of one format into another, images included',
    load: async () => (await import('./convert/command.js')).convertCommand,
  },
  {
    name: 'preview',
    description: 'show the pictures of a stage in a grid, with boxes, masks and keypoints',
    load: async () => (await import('./preview/command.js')).previewCommand,
  },
  {
    name: 'stats',
    description: 'say what datasets hold, and compare them',
    load: async () => (await import('./stats/command.js')).statsCommand,
  },
];
