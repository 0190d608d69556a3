import { join } from 'node:path';
import { derivedSeed } from '../../../pipeline/core/seed.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { JsonObject } from '../../../pipeline/core/json.js';
import type { BatchContext } from '../../../pipeline/stage/context.js';
import { loadDetector, type Finder } from '../../lib/darknet/finder.js';
import { decodeImage, type RgbImage } from '../../lib/imaging/decode-image.js';
import { uncachedSharp as sharp } from '../../lib/imaging/uncached-sharp.js';
import { useBackend } from '../../lib/tensors/backend.js';
import { readGenerator, type TrainedNetwork } from '../generator-file.js';
import { measureDetections } from '../guard/detections.js';
import { measureTranslation, type GuardMeasures } from '../guard/measure.js';
import type { TranslateItem, TranslateParams } from './params.js';
import { tensorRunner, type GeneratorRunner } from './generator-runner.js';
import { noiseMaker, pictureMaker, type MapMaker } from './map-maker.js';
import { mostPixelsWithin, Translator } from './translator.js';

type Context = BatchContext<TranslateParams, TranslateItem>;

/** What is kept of an image: the measures of each of its versions, whose files are `1.png`, `2.png`, … */
export type Translation = JsonObject & {
  readonly versions: readonly GuardMeasures[];
  readonly tiles: number;
};

/** The file of a version, counted from 0. */
export function versionFile(version: number): string {
  return `${version + 1}.png`;
}

/** Translates a batch of images one after the other. An unreadable one is named and given up; the others go on. */
export async function translateBatch(items: readonly TranslateItem[], context: Context): Promise<void> {
  const { params } = context;
  const generator = await readGenerator(context.input('generator'));
  const finder = context.hasInput('detector')
    ? await loadDetector(
        context.input('detector'),
        params.runtime === 'onnx' ? { name: 'onnx' } : { name: 'tfjs', backend: params.backend },
      )
    : undefined;
  const translator = new Translator(
    await runnerOf(generator, params),
    mostPixelsWithin(params.memoryMb, generator.shape, generator.encoder?.shape),
  );
  const encoder = generator.encoder && (await runnerOf(generator.encoder, params));
  try {
    for (const item of items) {
      context.signal.throwIfAborted();
      await translateItem(item, context, { translator, encoder, finder });
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and progress through
    }
  } finally {
    await translator.dispose();
    await encoder?.dispose();
    await finder?.dispose();
  }
}

async function runnerOf(
  { shape, values }: TrainedNetwork,
  { runtime, backend }: TranslateParams,
): Promise<GeneratorRunner> {
  if (runtime === 'onnx') return (await import('./onnx-runner.js')).onnxRunner(shape, values);
  await useBackend(backend);
  return tensorRunner(shape, values);
}

/** What works on images. */
interface Programs {
  readonly translator: Translator;
  readonly encoder: GeneratorRunner | undefined;
  readonly finder: Finder | undefined;
}

async function translateItem(
  item: TranslateItem,
  context: Context,
  { translator, encoder, finder }: Programs,
): Promise<void> {
  const { params } = context;
  const { record } = item;
  let image: RgbImage;
  try {
    image = await decodeImage(context.input('dataset').locate({ digest: record.imageDigest }), item.id);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.reject(item, error.message);
    return;
  }
  const boxes = record.objects.map(({ box }) => box);
  const files: Record<string, string> = {};
  const versions: GuardMeasures[] = [];
  for (let version = 0; version < params.versions; version++) {
    const data = await translator.translate(image, await mapsOf(item, version, context, encoder));
    const path = join(context.batchDirectory, `${item.id.replace(/[^\w-]/g, '_')}-${version}.png`);
    await sharp(data, { raw: { width: image.width, height: image.height, channels: 3 } })
      .png()
      .toFile(path);
    files[versionFile(version)] = path;
    const found =
      finder && (await measureDetections(finder, image, data, record.objects, params.guard.threshold));
    versions.push({ ...measureTranslation(image, data, boxes), ...found });
  }
  const value: Translation = { versions, tiles: translator.tileCount(image) };
  await context.commit(item, { files, value });
}

/** The fourth channel of a version, for a generator that takes one. */
async function mapsOf(
  { record, shown }: TranslateItem,
  version: number,
  context: Context,
  encoder: GeneratorRunner | undefined,
): Promise<MapMaker> {
  const digest = shown?.[version];
  if (!encoder || !digest)
    return noiseMaker(derivedSeed(context.seed, 'version', record.imageDigest, version));
  const name = `${digest.slice(0, 12)} of the target`;
  return pictureMaker(encoder, await decodeImage(context.input('target').locate({ digest }), name));
}
