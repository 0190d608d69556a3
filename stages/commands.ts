import type { CommandEntry } from '../pipeline/stage/command.js';

/** Every command that our stages bring along, in the order of the help. */
export const commands: readonly CommandEntry[] = [
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
  {
    name: 'convert',
    description: 'turn a dataset of one format into another, images included',
    load: async () => (await import('./convert/command.js')).convertCommand,
  },
  {
    name: 'detect',
    description: 'find objects in images, folders, films and cameras',
    load: async () => (await import('./detect/command.js')).detectCommand,
  },
  {
    name: 'evaluate',
    description: 'compare predictions, ours or another program’s, with a truth in COCO’s form',
    load: async () => (await import('./evaluate/command.js')).evaluateCommand,
  },
  {
    name: 'anchors',
    description: 'cluster the box sizes of a dataset into anchors, and say how well they fit',
    load: async () => (await import('./anchors/command.js')).anchorsCommand,
  },
  {
    name: 'plot-schedule',
    description: 'draw the learning rate over a training before it runs',
    load: async () => (await import('./yolo/plot-schedule-command.js')).plotScheduleCommand,
  },
  {
    name: 'preview-augmented',
    description: 'show images of a dataset as a training sees them',
    load: async () => (await import('./yolo/preview-augmented-command.js')).previewAugmentedCommand,
  },
  {
    name: 'overfit',
    description: 'learn one batch by heart: the test that a network and its data can train',
    load: async () => (await import('./yolo/overfit-command.js')).overfitCommand,
  },
  {
    name: 'learning-rate',
    description: 'find a learning rate by a range test',
    load: async () => (await import('./yolo/learning-rate-command.js')).learningRateCommand,
  },
  {
    name: 'validate-model',
    description: 'check that a detector is whole, and how well it finds what a dataset holds',
    load: async () => (await import('./yolo/validate-model-command.js')).validateModelCommand,
  },
];
