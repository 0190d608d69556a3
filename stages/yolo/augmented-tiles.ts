import sharp from 'sharp';
import type { Tile } from '../lib/imaging/contact-sheet.js';
import { decodeImage } from '../lib/imaging/decode-image.js';
import { boxesAsSvg } from '../lib/imaging/draw-boxes.js';
import type { Picture } from '../lib/imaging/augment.js';
import type { AugmentParams } from './augment-params.js';
import type { LabelledImages } from './batches.js';
import { changeInto, drawPartners } from './prepare-sample.js';

interface AugmentedView {
  /** The network's input in pixels. */
  readonly width: number;
  readonly height: number;
  readonly epoch: number;
  readonly seed: number;
  readonly augment: AugmentParams;
}

/** The first images of a dataset as a training sees them in an epoch, with the boxes it is to find. */
export async function augmentedTiles(
  labelled: LabelledImages,
  { width, height, epoch, seed, augment }: AugmentedView,
  count: number,
): Promise<Tile[]> {
  const picture = async (index: number): Promise<Picture> => {
    const image = labelled.images[index];
    if (!image) throw new RangeError(`there is no image ${index}`);
    const decoded = await decodeImage(image.path, image.id, { width: 2 * width, height: 2 * height });
    return { image: decoded, objects: image.objects };
  };
  const tiles: Tile[] = [];
  for (const [index, { id }] of labelled.images.slice(0, count).entries()) {
    const partners = drawPartners(seed, epoch, id, labelled.images.length, augment);
    const sample = {
      id,
      epoch,
      ...(await picture(index)),
      mosaic: await Promise.all(partners.mosaic.map(picture)),
      mixup: partners.mixup === undefined ? undefined : await picture(partners.mixup),
    };
    const pixels = new Float32Array(width * height * 3);
    const { boxes, classes } = changeInto(pixels, width, height, sample, seed, augment);
    const drawn = [...classes.keys()].map((i) => {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(4 * i, 4 * i + 4);
      const label = labelled.classes[classes[i] ?? 0] ?? '';
      return { box: [x0, y0, x1, y1] as [number, number, number, number], label, colour: '#ffd500' };
    });
    const bytes = Uint8Array.from(pixels, (value) => Math.round(value * 255));
    const image = await sharp(bytes, { raw: { width, height, channels: 3 } })
      .composite([
        {
          input: Buffer.from(
            boxesAsSvg(
              drawn.map((box) => ({ ...box, box: [...box.box] })),
              { width, height, scale: 1 },
            ),
          ),
        },
      ]) // prettier-ignore
      .png({ compressionLevel: 1 })
      .toBuffer();
    tiles.push({ image, label: id });
  }
  return tiles;
}
