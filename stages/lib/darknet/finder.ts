import { z } from 'zod';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { parseCfg, type DarknetCfg } from './cfg.js';
import type { FindOptions, FoundObject } from './find-objects.js';
import { layoutOf } from './layout.js';
import { readWeights } from './weights.js';
import type { RgbImage } from '../imaging/decode-image.js';
import type { BackendChoice } from '../tensors/backend-choice.js';

/** A detector that is ready to look at images. */
export interface Finder {
  readonly cfg: DarknetCfg;
  readonly classes: readonly string[];
  /** What computes, for people. */
  readonly device: string;
  find(images: readonly RgbImage[], options: FindOptions): Promise<FoundObject[][]>;
  dispose(): Promise<void> | void;
}

/** A detector's files. */
export interface DetectorFiles {
  readonly cfg: { readonly text: string; readonly name: string };
  readonly weights: { readonly bytes: Uint8Array; readonly name: string };
  readonly classes: readonly string[];
}

/** Which program computes: TensorFlow.js on one of its backends, or ONNX Runtime on the CPU. */
export type Runtime = { readonly name: 'tfjs'; readonly backend: BackendChoice } | { readonly name: 'onnx' };

const headerSchema = z.object({ classes: z.array(z.string()) });

/** Loads the detector of an artifact. @throws UserError when its files do not fit each other */
export async function loadDetector(detector: ArtifactReader, runtime: Runtime): Promise<Finder> {
  const { classes } = headerSchema.parse(JSON.parse(await detector.readText('detector.json')));
  const cfg = { text: await detector.readText('model.cfg'), name: 'model.cfg' };
  const weights = { bytes: await detector.readBytes('model.weights'), name: 'model.weights' };
  return loadFinder({ cfg, weights, classes }, runtime);
}

/** Loads a detector. @throws UserError when its files do not fit each other */
export async function loadFinder(files: DetectorFiles, runtime: Runtime): Promise<Finder> {
  const { classes } = files;
  const cfg = parseCfg(files.cfg.text, files.cfg.name);
  for (const layer of cfg.layers)
    if (layer.type === 'yolo' && layer.classes !== classes.length)
      throw new UserError(
        `${files.cfg.name} has ${layer.classes} classes, but ${classes.length} are named: ${classes.slice(0, 5).join(', ')}${classes.length > 5 ? ', …' : ''}.`,
        { hint: 'Cfg, weights and names must be of one detector.' },
      );
  const layout = layoutOf(cfg);
  const { values } = readWeights(files.weights.bytes, layout, files.weights.name);
  if (runtime.name === 'onnx') {
    const { onnxFinder } = await import('../onnx/onnx-finder.js');
    const finder = await onnxFinder(cfg, layout, values);
    return { cfg, classes, device: 'ONNX Runtime, CPU', find: finder.find, dispose: finder.dispose };
  }
  const [{ useBackend }, { predictorOf }, { findObjects }] = await Promise.all([
    import('../tensors/backend.js'),
    import('./network.js'),
    import('./find-objects.js'),
  ]);
  const { device } = await useBackend(runtime.backend);
  const predictor = predictorOf(cfg, layout, values);
  return {
    cfg,
    classes,
    device,
    find: (images, options) => findObjects(predictor, images, options),
    dispose: () => predictor.dispose(),
  };
}
