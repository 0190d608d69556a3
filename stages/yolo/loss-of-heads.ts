import * as tf from '@tensorflow/tfjs';
import { customGradient } from '../lib/tensors/custom-gradient.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import { yoloLayers } from '../lib/darknet/decode.js';
import type { ImageTruth } from './assign.js';
import { headLoss, type LossOptions, type LossParts } from './loss.js';

interface HeadLossRequest {
  /** Of the network's input, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** One an image. */
  readonly truths: readonly ImageTruth[];
  /** Of all of it: 1 / images of a step. */
  readonly scale: number;
  readonly options: LossOptions;
  /** The heads' numbers where they were read before: a GPU does not hand them over in the middle of a pass. */
  readonly raw?: readonly Float32Array[] | undefined;
  readonly report: (parts: LossParts) => void;
}

/**
 * The loss of all heads as one operation whose gradient is computed with it, on plain numbers: heads are small.
 * @param heads raw, [N, h, w, anchors · (5 + classes)] each
 */
export function lossOfHeads(
  cfg: DarknetCfg,
  heads: readonly tf.Tensor4D[],
  { size, truths, scale, options, raw, report }: HeadLossRequest,
): tf.Scalar {
  const operation = customGradient((...args) => {
    const inputs = args.slice(0, heads.length) as tf.Tensor4D[];
    const gradients: tf.Tensor[] = [];
    const sum = { box: 0, objectness: 0, classes: 0 };
    for (const [h, layer] of yoloLayers(cfg).entries()) {
      const head = inputs[h];
      if (!head) throw new Error(`head ${h} is missing`);
      const grid = { rows: head.shape[1], columns: head.shape[2] };
      const values = raw?.[h] ?? head.dataSync<'float32'>();
      const { parts, gradient } = headLoss(layer, values, grid, size.width, size.height, truths, scale, options); // prettier-ignore
      sum.box += parts.box;
      sum.objectness += parts.objectness;
      sum.classes += parts.classes;
      gradients.push(tf.keep(tf.tensor(gradient, head.shape)));
    }
    report(sum);
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] =>
      gradients.map((gradient) => {
        const scaled = tf.mul(gradient, dy);
        gradient.dispose();
        return scaled;
      });
    return { value: tf.scalar(sum.box + sum.objectness + sum.classes), gradFunc };
  });
  return operation(...heads);
}
