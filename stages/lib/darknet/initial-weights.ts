import { derivedSeed } from '../../../pipeline/core/seed.js';
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

/** Normal draws by Box & Muller over a 32-bit generator (sfc32, Doty-Humphrey): millions in a moment. */
function fillNormal(target: Float32Array, deviation: number, seed: number): void {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  for (let i = 0; i < target.length; i++)
    target[i] = deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
