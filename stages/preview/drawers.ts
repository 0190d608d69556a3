import type { Drawer } from './drawer.js';

/** Everything that `pipeline preview` can draw, by what tells its folders. The drawers themselves load when used. */
export const drawers: readonly Drawer[] = [
  {
    type: 'dataset',
    marker: 'dataset.json',
    draw: async (artifact, request) => (await import('./dataset-drawer.js')).drawDataset(artifact, request),
  },
  {
    type: 'frames',
    marker: 'frames.jsonl',
    draw: async (artifact, request) => (await import('./frames-drawer.js')).drawFrames(artifact, request),
  },
];
