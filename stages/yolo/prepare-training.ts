import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import type { CommandHost } from '../../pipeline/stage/command.js';
import { adaptCfg } from '../lib/darknet/adapt-cfg.js';
import { parseCfg, type DarknetCfg } from '../lib/darknet/cfg.js';
import { initialWeights } from '../lib/darknet/initial-weights.js';
import { layoutOf, type NetworkLayout } from '../lib/darknet/layout.js';
import { cfgPath } from '../lib/darknet/shipped-networks.js';
import { readStartingWeights } from '../lib/darknet/starting-weights.js';
import { fetchVerified } from '../lib/download/fetch-verified.js';
import { readLabelledImages, type LabelledImages } from './batches.js';
import type { YoloTrainParams } from './params.js';

interface PreparedTraining {
  readonly labelled: LabelledImages;
  readonly cfg: DarknetCfg;
  readonly cfgText: string;
  readonly layout: NetworkLayout;
  readonly start: Float32Array;
}

/** The dataset that words name, and a network fitted to it: what the commands that try a training out begin with. */
export async function prepareTraining(
  words: readonly string[],
  params: YoloTrainParams,
  seed: number,
  host: CommandHost,
): Promise<PreparedTraining> {
  const [named, ...more] = await host.artifacts(words, ['dataset'], { dataset: 'dataset.json' });
  if (!named || more.length > 0)
    throw new UserError(`One dataset is expected, ${more.length + (named ? 1 : 0)} are named.`);
  const labelled = await readLabelledImages(named.artifact);
  const path = resolve(host.directory, cfgPath(params.cfg));
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UserError(`There is no cfg file at ${path}.`);
  });
  const { loss, inputSize } = params;
  const cfgText = adaptCfg(text, params.cfg, {
    classes: labelled.classes.length,
    ...(inputSize ? { inputSize } : {}),
    yolo: { iou_thresh: loss.matchIou, iou_normalizer: loss.boxWeight, ignore_thresh: loss.ignoreIou },
  });
  const cfg = parseCfg(cfgText, params.cfg);
  const layout = layoutOf(cfg);
  const start = initialWeights(cfg, layout, seed);
  const { weights } = params;
  if (weights !== undefined) {
    const { env, signal, console } = host;
    const file =
      typeof weights === 'string'
        ? resolve(host.directory, weights)
        : await fetchVerified(weights.url, weights.sha256, { env, signal, log: console.out });
    const { taken } = await readStartingWeights(file, file, cfg, layout, start);
    console.out(`${taken} convolutions start from ${file}`);
  }
  return { labelled, cfg, cfgText, layout, start };
}
