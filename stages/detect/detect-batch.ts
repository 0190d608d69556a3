import { failure, success, type Result } from '../../pipeline/core/result.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { decodeImage, type RgbImage } from '../lib/imaging/decode-image.js';
import { loadDetector } from '../lib/darknet/finder.js';
import { shrinkTo } from './shrink.js';
import type { DetectParams, Finding, ImageItem } from './params.js';

type Context = BatchContext<DetectParams, ImageItem>;

/** Looks at a batch of images, one after the other. An unreadable one is named and given up; the others go on. */
export async function detectBatch(items: readonly ImageItem[], context: Context): Promise<void> {
  const { params } = context;
  const finder = await loadDetector(
    context.input('detector'),
    params.runtime === 'onnx' ? { name: 'onnx' } : { name: 'tfjs', backend: params.backend },
  );
  const options = { threshold: params.threshold, nmsIou: params.nms, maxDetections: params.maxDetections };
  try {
    const decode = (item: ImageItem | undefined): Promise<Result<RgbImage, string>> | undefined =>
      item &&
      decodeImage(
        context.input('images').locate({ digest: item.record.imageDigest }),
        item.id,
        shrinkTo(finder.cfg, params.resize),
      ).then(success, (error: unknown) => failure(error instanceof Error ? error.message : String(error)));
    let next = decode(items[0]); // decoded while the one before is looked at
    for (const [n, item] of items.entries()) {
      context.signal.throwIfAborted();
      const decoded = await next;
      next = decode(items[n + 1]);
      if (!decoded?.ok) {
        context.reject(item, decoded?.error ?? `The image ${item.id} was not decoded.`);
        continue;
      }
      const image = decoded.value;
      const [found = []] = await finder.find([image], options);
      const finding: Finding = {
        width: image.originalWidth,
        height: image.originalHeight,
        detections: found.map(({ box, classIndex, score }) => ({
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
