import { derivedSeed } from '../../../pipeline/core/seed.js';
import { FastRandom } from '../tensors/fast-random.js';
import type { DarknetCfg } from './cfg.js';
import type { NetworkLayout } from './layout.js';

/** How likely a place holds an object before anything is learnt; a head that starts there does not drown in background. */
const PRIOR_OBJECTNESS = 0.01;

/**
 * Numbers to start from: kernels normal with variance 2 / fan-in (He et al. 2015), those of the heads a tenth as wide;
 * normalisation as identity; the heads' objectness at its prior (Lin et al. 2017). A function of the seed and of each
 * layer's place, so that another head leaves the body as it was.
 */
export function initialWeights(cfg: DarknetCfg, layout: NetworkLayout, seed: number): Float32Array {
  const values = new Float32Array(layout.length);
  for (const segment of layout.segments) {
    const head = cfg.layers[segment.layer + 1];
    const yolo = head?.type === 'yolo' ? head : undefined;
    const own = values.subarray(segment.offset, segment.offset + segment.length);
    switch (segment.role) {
      case 'kernel': {
        const fanIn = segment.length / (segment.shape.at(-1) ?? 1);
        fillNormal(own, Math.sqrt(2 / fanIn) * (yolo ? 0.1 : 1), derivedSeed(seed, 'weights', segment.name));
        break;
      }
      case 'gamma':
      case 'variance':
        own.fill(1);
        break;
      case 'beta':
        if (yolo)
          for (let anchor = 0; anchor < yolo.mask.length; anchor++)
            own[anchor * (5 + yolo.classes) + 4] = Math.log(PRIOR_OBJECTNESS / (1 - PRIOR_OBJECTNESS));
        break;
      case 'mean':
        break;
    }
  }
  return values;
}

function fillNormal(target: Float32Array, deviation: number, seed: number): void {
  const random = new FastRandom(seed);
  for (let i = 0; i < target.length; i++) target[i] = deviation * random.normal();
}
