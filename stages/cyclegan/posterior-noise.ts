import { derivedSeed } from '../../pipeline/core/seed.js';
import { FastRandom } from '../lib/tensors/fast-random.js';

/** Numbers that are drawn from one seed. */
const CHUNK = 4096;

/**
 * The deviation of the noise that gradients of a mean loss get, so that steps sample the posterior instead of climbing
 * to its top: SGHMC (Chen et al. 2014), as Bayesian GAN has it (Saatchi & Wilson 2017).
 * @param friction α; .01 in Bayesian GAN
 * @param pictures how many the posterior is given
 */
export function posteriorDeviation(friction: number, pictures: number): number {
  return Math.sqrt(2 * friction) / pictures;
}

/**
 * Adds N(0, deviation) to a part of a vector of gradients. What a place gets is a function of seed, step and place, so
 * that it does not depend on who updates which part.
 */
export function addPosteriorNoise(
  gradients: Float32Array,
  from: number,
  to: number,
  deviation: number,
  seed: number,
  step: number,
): void {
  if (deviation === 0) return;
  for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk++) {
    const random = new FastRandom(derivedSeed(seed, 'posterior', step, chunk));
    const end = Math.min(to, (chunk + 1) * CHUNK);
    for (let i = chunk * CHUNK; i < end; i++) {
      const drawn = random.normal();
      if (i >= from) gradients[i] = (gradients[i] ?? 0) + deviation * drawn;
    }
  }
}
