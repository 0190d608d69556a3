import type { BatchContext } from '../../pipeline/stage/context.js';
import { decodeImage } from '../lib/imaging/decode-image.js';
import { loadDetector } from '../lib/darknet/finder.js';
import { findInImages } from './find-in-images.js';
import { shrinkTo } from './shrink.js';
import type { DetectParams, Finding, ImageItem } from './params.js';

type Context = BatchContext<DetectParams, ImageItem>;

/** Looks at a batch of images. An unreadable one is named and given up; the others go on. */
export async function detectBatch(items: readonly ImageItem[], context: Context): Promise<void> {
  const { params } = context;
  const finder = await loadDetector(
    context.input('detector'),
    params.runtime === 'onnx' ? { name: 'onnx' } : { name: 'tfjs', backend: params.backend },
  );
  const size = shrinkTo(finder.cfg, params.resize);
  const looking = findInImages<ImageItem>(items, finder, {
    threshold: params.threshold,
    nmsIou: params.nms,
    maxDetections: params.maxDetections,
    batch: params.batch,
    decode: ({ id, record }) =>
      decodeImage(context.input('images').locate({ digest: record.imageDigest }), id, size),
  });
  try {
    for await (const { element: item, result } of looking) {
      context.signal.throwIfAborted();
      if (!result.ok) {
        context.reject(item, result.error);
        continue;
      }
      const { image, objects } = result.value;
      const finding: Finding = {
        width: image.originalWidth,
        height: image.originalHeight,
        detections: objects.map(({ box, classIndex, score }) => ({
          box,
          class: finder.classes[classIndex] ?? String(classIndex),
          score,
        })),
      };
      await context.commit(item, { files: {}, value: finding });
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and progress through
    }
  } finally {
    await finder.dispose();
  }
}
