import { z } from 'zod';
import { failure, success, type Result } from '../../pipeline/core/result.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { parseCfg } from '../lib/darknet/cfg.js';
import { findObjects } from '../lib/darknet/find-objects.js';
import { layoutOf } from '../lib/darknet/layout.js';
import { predictorOf, type Predictor } from '../lib/darknet/network.js';
import { readWeights } from '../lib/darknet/weights.js';
import { decodeImage, type RgbImage } from '../lib/imaging/decode-image.js';
import { useBackend } from '../lib/tensors/backend.js';
import type { Finding, ImageItem } from './image-item.js';
import type { DetectParams } from './params.js';

type Context = BatchContext<DetectParams, ImageItem>;

const detectorSchema = z.object({ classes: z.array(z.string()) });

/** Looks at a batch of images, one after the other. An unreadable one is named and given up; the others go on. */
export async function detectBatch(items: readonly ImageItem[], context: Context): Promise<void> {
  const { params } = context;
  await useBackend(params.backend);
  const { predictor, classes } = await loadDetector(context);
  const { width, height } = predictor.cfg;
  const options = { threshold: params.threshold, nmsIou: params.nms, maxDetections: params.maxDetections };
  try {
    const decode = (item: ImageItem | undefined): Promise<Result<RgbImage, string>> | undefined =>
      item &&
      decodeImage(context.input('images').locate({ digest: item.record.imageDigest }), item.id, {
        width: 2 * width,
        height: 2 * height,
      }).then(success, (error: unknown) => failure(error instanceof Error ? error.message : String(error)));
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
      const [found = []] = await findObjects(predictor, [image], options);
      const finding: Finding = {
        width: image.originalWidth,
        height: image.originalHeight,
        detections: found.map(({ box, classIndex, score }) => ({
          box,
          class: classes[classIndex] ?? String(classIndex),
          score,
        })),
      };
      await context.commit(item, { files: {}, value: finding });
      await new Promise((resolve) => setImmediate(resolve)); // lets signals and progress through
    }
  } finally {
    predictor.dispose();
  }
}

async function loadDetector(context: Context): Promise<{ predictor: Predictor; classes: string[] }> {
  const detector = context.input('detector');
  const cfg = parseCfg(await detector.readText('model.cfg'), 'model.cfg');
  const { classes } = detectorSchema.parse(JSON.parse(await detector.readText('detector.json')));
  const heads = cfg.layers.filter((layer) => layer.type === 'yolo');
  for (const head of heads)
    if (head.classes !== classes.length)
      throw new UserError(`The detector's cfg has ${head.classes} classes, its detector.json names ${classes.length}.`); // prettier-ignore
  const layout = layoutOf(cfg);
  const weights = readWeights(await detector.readBytes('model.weights'), layout, 'model.weights');
  return { predictor: predictorOf(cfg, layout, weights.values), classes };
}
