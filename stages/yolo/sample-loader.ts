import type { RgbImage } from '../lib/imaging/decode-image.js';
import type { AugmentParams } from './augment-params.js';
import { EpochOrder } from '../lib/dataset/epoch-order.js';
import { ImageCache } from '../lib/imaging/image-cache.js';
import type { LabelledImage, LabelledImages } from './batches.js';
import type { Phase } from './phases.js';
import { drawPartners, type TrainingSample } from './prepare-sample.js';

interface SampleRequest {
  readonly params: { readonly augment: AugmentParams };
  /** The network's input in pixels. */
  readonly cfg: { readonly width: number; readonly height: number };
  readonly train: LabelledImages;
  readonly seed: number;
}

/** Decodes the images of steps, with those that they are put together with. */
export class SampleLoader {
  readonly #request: SampleRequest;
  readonly #order: EpochOrder;
  readonly #cache: ImageCache;

  constructor(request: SampleRequest) {
    this.#request = request;
    this.#order = new EpochOrder(request.train.images.length, request.seed);
    this.#cache = new ImageCache({ width: 2 * request.cfg.width, height: 2 * request.cfg.height });
  }

  get atMost(): ImageCache['atMost'] {
    return this.#cache.atMost;
  }

  /** The images of all batches of a step. */
  load(phase: Phase, step: number): Promise<TrainingSample[]> {
    const { train } = this.#request;
    const size = phase.batch * phase.accumulate;
    const first = phase.firstEpoch * train.images.length + (step - phase.firstStep) * size;
    const places = Array.from({ length: size }, (_, i) => this.#order.at(first + i));
    return Promise.all(places.map(({ epoch, index }) => this.#sample(epoch, index)));
  }

  async #sample(epoch: number, index: number): Promise<TrainingSample> {
    const { train, seed, params } = this.#request;
    const { id } = train.images[index] as LabelledImage;
    const partners = drawPartners(seed, epoch, id, train.images.length, params.augment);
    const { mixup } = partners;
    return {
      id,
      epoch,
      ...(await this.#picture(index)),
      mosaic: await Promise.all(partners.mosaic.map((other) => this.#picture(other))),
      mixup: mixup === undefined ? undefined : await this.#picture(mixup),
    };
  }

  async #picture(index: number): Promise<{ image: RgbImage; objects: LabelledImage['objects'] }> {
    const labelled = this.#request.train.images[index] as LabelledImage;
    return { image: await this.#cache.get(labelled), objects: labelled.objects };
  }
}
