import type { StageContext } from '../../../pipeline/stage/context.js';
import type { Digest } from '../../../pipeline/core/digest.js';
import { readDataset } from '../../lib/dataset/dataset.js';
import { sampleContents } from '../../lib/dataset/sample-contents.js';
import { decodeImage } from '../../lib/imaging/decode-image.js';
import { useBackend } from '../../lib/tensors/backend.js';
import { EXTRACTOR_NAME, extractorDigest, RandomConvExtractor } from '../distance/extractor.js';
import { kernelDistance, type KernelDistance } from '../distance/kid.js';
import type { TranslateParams } from './params.js';

type Context = StageContext<TranslateParams>;
interface Content {
  readonly digest: Digest;
}

/** Measures how far originals and translations are from the target domain, and shows both. */
export async function showDistance(
  context: Context,
  originals: readonly Content[],
  translated: readonly Content[],
): Promise<void> {
  const { distanceImages: most, backend } = context.params;
  const target: Content[] = [];
  for await (const { imageDigest } of (
    await readDataset(context.input('target'), 'the target dataset')
  ).records())
    target.push({ digest: imageDigest });
  const sides = [
    [originals, 'of the dataset'],
    [translated, 'that passed the guard'],
    [target, 'of the target'],
  ] as const;
  const short = sides.filter(([{ length }]) => length < 2).map(([{ length }, what]) => `${length} ${what}`);
  if (short.length > 0) {
    context.warn(
      `The distance of the domains takes two images of each side, and there are ${short.join(', ')}: it is not measured.`,
    );
    return;
  }
  await useBackend(backend);
  const extractor = new RandomConvExtractor();
  const describe = async (contents: readonly Content[]): Promise<Float32Array[]> => {
    const features: Float32Array[] = [];
    for (const content of await sampled(contents, most, context.seed)) {
      context.signal.throwIfAborted();
      const image = await decodeImage(context.locate(content), content.digest.slice(0, 12), {
        width: 128,
        height: 128,
      });
      features.push(await extractor.describe(image));
    }
    return features;
  };
  const wanted = await describe(target);
  const before = kernelDistance(await describe(originals), wanted, context.seed);
  const after = kernelDistance(await describe(translated), wanted, context.seed);
  extractor.dispose();
  context.metric('distance/before', before.value);
  context.metric('distance/after', after.value);
  await context.exhibit({
    type: 'figures',
    title: 'Distance to the target domain',
    caption:
      `KID over the features of a fixed random network (${EXTRACTOR_NAME}, ${extractorDigest().slice(0, 12)}): it tells ` +
      'colours and textures apart, not meanings, and is not to be compared with distances of Inception features. Whether ' +
      'adaptation helps is for a detector to say.',
    figures: [
      { name: 'before', ...figure(before) },
      { name: 'after, of what passed', ...figure(after) },
      {
        name: 'after / before',
        value: before.value > 0 ? Number((after.value / before.value).toFixed(3)) : '–',
      },
    ],
  });
}

function figure({ value, low, high, subsetSize }: KernelDistance) {
  const short = (x: number): string => x.toPrecision(3);
  return { value: short(value), note: `95 %: ${short(low)} to ${short(high)}, subsets of ${subsetSize}` };
}

async function sampled(contents: readonly Content[], most: number, seed: number): Promise<Content[]> {
  const chosen = await sampleContents(
    contents.map(({ digest }) => ({ imageDigest: digest })),
    most,
    seed,
  );
  return [...chosen].map((digest) => ({ digest: digest as Digest }));
}
