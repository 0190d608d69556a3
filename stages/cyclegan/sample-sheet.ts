import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contactSheet, type Tile } from '../lib/imaging/contact-sheet.js';
import { decodeImage, type RgbImage } from '../lib/imaging/decode-image.js';
import { useBackend } from '../lib/tensors/backend.js';
import { uncachedSharp as sharp } from '../lib/imaging/uncached-sharp.js';
import type { Domain } from './domain.js';
import { encoderOf } from './generator-file.js';
import { networkOf, type Model } from './model.js';
import type { CycleGanParams } from './params.js';
import { tensorRunner } from './translate/generator-runner.js';
import { noiseMaker, pictureMaker } from './translate/map-maker.js';
import { mostPixelsWithin, Translator } from './translate/translator.js';

const SHOWN = 4;
const LARGEST_PX = 416;

/** Makes sheets of the same few sources and their translations as the training goes on. */
export class SampleSheets {
  #images: Promise<RgbImage[]> | undefined;
  /** What an encoder makes maps of. */
  #shown: Promise<RgbImage[]> | undefined;

  constructor(
    private readonly source: Domain,
    private readonly target: Domain,
    private readonly params: CycleGanParams,
    private readonly seed: number,
    private readonly folder: string,
  ) {}

  fileOf(step: number): string {
    return join(this.folder, `step-${String(step).padStart(7, '0')}.jpg`);
  }

  /** Writes the sheet of a step: originals above, translations below. */
  async make(step: number, model: Model, parameters: Float32Array): Promise<void> {
    this.#images ??= load(this.source, SHOWN);
    const images = await this.#images;
    const [shown] = await (this.#shown ??= load(this.target, 1));
    await useBackend(this.params.backend);
    const { offset } = networkOf(model, 'forward');
    const most = mostPixelsWithin(this.params.memoryMb, model.generator, model.encoder);
    const translator = new Translator(tensorRunner(model.generator, parameters, offset), most);
    const encoder = encoderOf(model, parameters);
    const maker = encoder && tensorRunner(encoder.shape, encoder.values);
    const maps = maker && shown ? pictureMaker(maker, shown) : noiseMaker(this.seed);
    const translated: Buffer[] = [];
    for (const image of images)
      translated.push(await encoded(image, await translator.translate(image, maps)));
    await translator.dispose();
    await maker?.dispose();
    const originals = await Promise.all(images.map((image) => encoded(image, image.data)));
    const tiles: Tile[] = [
      ...originals.map((image) => ({ image, label: 'source' })),
      ...translated.map((image) => ({ image, label: `step ${step}` })),
    ];
    await mkdir(this.folder, { recursive: true });
    await writeFile(
      this.fileOf(step),
      await contactSheet(tiles, { columns: images.length, tileWidthPx: 240 }),
    );
  }
}

/** Some images, evenly spread. */
function load({ images }: Domain, most: number): Promise<RgbImage[]> {
  const count = Math.min(most, images.length);
  const chosen = Array.from({ length: count }, (_, n) => images[Math.floor((n * images.length) / count)]);
  return Promise.all(
    chosen.flatMap((one) =>
      one ? [decodeImage(one.path, one.id, { width: LARGEST_PX, height: LARGEST_PX })] : [],
    ),
  );
}

function encoded({ width, height }: RgbImage, data: Uint8Array): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
