import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../../pipeline/stage/command.js';
import { contactSheet, type Tile } from '../lib/imaging/contact-sheet.js';
import { augmentedTiles } from './augmented-tiles.js';
import { trainingParams, withOption } from './command-params.js';
import { prepareTraining } from './prepare-training.js';

/** `pipeline preview-augmented`: images as a training sees them, with their boxes. */
export const previewAugmentedCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]',
  wordsHelp: 'A dataset of the store, or a folder with one.',
  options: z.strictObject({
    with: withOption,
    output: z.string().default('augmented.jpg').describe('The picture to write.'),
    images: z.number().int().min(1).default(6).describe('The first so many images.'),
    epochs: z.number().int().min(1).default(4).describe('Each as in the first so many epochs, side by side.'),
    seed: z.number().int().default(1).describe('The seed of the training.'),
  }),
  run: async (words, { with: given, output, images, epochs, seed }, host) => {
    const params = await trainingParams(given, { cfg: 'nano' });
    const { labelled, cfg } = await prepareTraining(words, params, seed, host);
    const { augment } = params;
    const { width, height } = cfg;
    const columns: Tile[][] = [];
    for (let epoch = 0; epoch < epochs; epoch++)
      columns.push(await augmentedTiles(labelled, { width, height, epoch, seed, augment }, images));
    const rows = Math.min(images, labelled.images.length);
    const tiles = Array.from({ length: rows }, (_, row) => columns.flatMap((column) => column[row] ?? []));
    await writeFile(
      resolve(host.directory, output),
      await contactSheet(tiles.flat(), { columns: epochs, tileWidthPx: 320 }),
    );
    host.console.out(`${rows} images, each as in ${epochs} epochs: ${output}`);
    return 0;
  },
});
