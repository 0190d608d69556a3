import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { parseCfg } from '../lib/darknet/cfg.js';
import { findObjects, type FoundObject } from '../lib/darknet/find-objects.js';
import { layoutOf } from '../lib/darknet/layout.js';
import { predictorOf } from '../lib/darknet/network.js';
import { readWeights } from '../lib/darknet/weights.js';
import { decodeImage } from '../lib/imaging/decode-image.js';
import { useBackend } from '../lib/tensors/backend.js';
import { backendChoices } from '../lib/tensors/backend-choice.js';
import { readLabelledImages } from './batches.js';
import { classAp50, VALIDATION_FIND } from './validate.js';

const detectorSchema = z.object({ classes: z.array(z.string()) });

/** `pipeline validate-model`: is a detector whole, and how well does it find what a dataset holds? */
export const validateModelCommand = defineCommand({
  words: '[FILE] DETECTOR [DATASET]',
  wordsHelp: 'A detector, and a dataset to try it on; of the store, or folders.',
  options: z.strictObject({
    backend: z.enum(backendChoices).default('auto').describe('What computes.'),
    least: z.number().min(0).max(1).default(0).describe('Fail when AP50 is below this.'),
  }),
  run: async (words, { backend, least }, host) => {
    const markers = { detector: 'detector.json', dataset: 'dataset.json' };
    const named = await host.artifacts(words, ['detector', 'dataset'], markers);
    const detectors = named.filter(({ artifact }) => artifact.type === 'detector');
    const datasets = named.filter(({ artifact }) => artifact.type === 'dataset');
    const [detector] = detectors;
    const [dataset] = datasets;
    if (!detector || detectors.length > 1 || datasets.length > 1)
      throw new UserError(`validate-model takes one detector and at most one dataset; ${detectors.length} and ${datasets.length} are named.`); // prettier-ignore
    const cfg = parseCfg(await detector.artifact.readText('model.cfg'), 'model.cfg');
    const layout = layoutOf(cfg);
    const { values, seen } = readWeights(await detector.artifact.readBytes('model.weights'), layout, 'model.weights'); // prettier-ignore
    const { classes } = detectorSchema.parse(JSON.parse(await detector.artifact.readText('detector.json')));
    for (const { name, offset, length, role } of layout.segments)
      for (let i = offset; i < offset + length; i++) {
        const value = values[i] ?? NaN;
        if (!Number.isFinite(value) || (role === 'variance' && value < 0))
          throw new UserError(`${detector.label}: ${name} holds ${value}, which is no use: the training went wrong.`); // prettier-ignore
      }
    for (const layer of cfg.layers)
      if (layer.type === 'yolo' && layer.classes !== classes.length)
        throw new UserError(`${detector.label}: its cfg has ${layer.classes} classes, its detector.json names ${classes.length}.`); // prettier-ignore
    host.console.out(
      `${detector.label}: ${cfg.layers.length} layers, ${layout.trainedLength} trained numbers, input ${cfg.width} × ${cfg.height}, ${classes.length} classes, ${seen} images seen`,
    );
    if (!dataset) return 0;
    const labelled = await readLabelledImages(dataset.artifact, classes);
    const { device } = await useBackend(backend);
    const predictor = predictorOf(cfg, layout, values);
    const found: FoundObject[][] = [];
    for (const { path, id } of labelled.images) {
      host.signal.throwIfAborted();
      const image = await decodeImage(path, id, { width: 2 * cfg.width, height: 2 * cfg.height });
      found.push(...(await findObjects(predictor, [image], VALIDATION_FIND)));
    }
    predictor.dispose();
    const truths = labelled.images.map(({ objects }) => objects);
    const each = classes.map((_, c) => classAp50(found, truths, c));
    for (const [c, name] of classes.entries())
      host.console.out(`  ${name}: ${each[c] === undefined ? 'no objects' : `AP50 ${each[c].toFixed(3)}`}`);
    const present = each.filter((value) => value !== undefined);
    const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(1, present.length);
    host.console.out(`AP50 ${mean.toFixed(3)} on ${labelled.images.length} images of ${dataset.label} (${device})`); // prettier-ignore
    if (mean >= least) return 0;
    host.console.error(`AP50 is below ${least}.`);
    return 1;
  },
});
