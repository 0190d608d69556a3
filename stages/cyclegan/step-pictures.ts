import { derivedSeed } from '../../pipeline/core/seed.js';
import { CropSource, type CropBatch } from './crops.js';
import type { Domain } from './domain.js';
import type { CycleGanParams } from './params.js';
import type { GradientRequest } from './scene.js';

/** Squares that a step looks at. */
interface StepSquares {
  readonly source: CropBatch;
  readonly target: CropBatch;
  /** [samples, crop, crop, 3] of each domain, for encoders of maps. */
  readonly maps: { readonly source: Float32Array; readonly target: Float32Array } | undefined;
}

type Pictures = Omit<GradientRequest, 'step' | 'task' | 'stored'>;

/** The squares of each step, out of both domains: a function of seed and step. */
export class StepPictures {
  readonly #crops: { readonly source: CropSource; readonly target: CropSource };
  readonly #maps: { readonly source: CropSource; readonly target: CropSource } | undefined;

  constructor(
    source: Domain,
    target: Domain,
    private readonly params: CycleGanParams,
    seed: number,
  ) {
    this.#crops = {
      source: new CropSource(source, params, derivedSeed(seed, 'source')),
      target: new CropSource(target, params, derivedSeed(seed, 'target')),
    };
    if (params.mode !== 'bayesian' || params.bayesian.map !== 'encoder') return;
    const plain = { ...params, boxWeight: 1 };
    this.#maps = {
      source: new CropSource(source, plain, derivedSeed(seed, 'map', 'source')),
      target: new CropSource(target, plain, derivedSeed(seed, 'map', 'target')),
    };
  }

  /** @throws UserError for an unreadable image */
  async load(step: number): Promise<StepSquares> {
    const { batch, bayesian } = this.params;
    const [crops, maps] = [this.#crops, this.#maps];
    const mapSquares = async (squares: CropSource): Promise<Float32Array> =>
      (await squares.batch(step * bayesian.samples, bayesian.samples)).pixels;
    const [source, target, ofSource, ofTarget] = await Promise.all([
      crops.source.batch(step * batch, batch),
      crops.target.batch(step * batch, batch),
      maps && mapSquares(maps.source),
      maps && mapSquares(maps.target),
    ]);
    return { source, target, maps: ofSource && ofTarget && { source: ofSource, target: ofTarget } };
  }

  /** What a task of a step looks at. */
  of(task: number, { source, target, maps }: StepSquares): Pictures {
    const { batch, crop, mode } = this.params;
    // CUT has one way only: its second task looks at the target's pictures beside the same sources.
    const forward = task === 0 || mode === 'cut';
    const [own, other] = forward ? [source, target] : [target, source];
    const [ownMaps, otherMaps] = forward ? [maps?.source, maps?.target] : [maps?.target, maps?.source];
    return {
      batch,
      crop,
      own: own.pixels,
      other: other.pixels,
      ownWeights: own.weights,
      otherWeights: other.weights,
      // The published code closes all cycles with the last map of the other way.
      mapPictures: ownMaps && otherMaps && { there: otherMaps, back: ownMaps.slice(-3 * crop * crop) },
    };
  }
}
