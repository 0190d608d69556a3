import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { readDataset } from '../lib/dataset/dataset.js';
import type { DatasetRecord, ObjectRecord } from '../lib/dataset/record.js';
import type { Tile } from '../lib/imaging/contact-sheet.js';
import { boxesAsSvg } from '../lib/imaging/draw-boxes.js';
import { keypointsAsSvg } from '../lib/imaging/draw-keypoints.js';
import { instanceCssColour } from '../lib/imaging/instance-colours.js';
import { chooseByName, chooseEvenly } from './choose-evenly.js';
import type { Preview, PreviewRequest } from './drawer.js';
import { showing } from './showing.js';

/** Images of a dataset with their boxes, outlines and keypoints, a colour for each class. */
export async function drawDataset(artifact: ArtifactReader, request: PreviewRequest): Promise<Preview> {
  if (request.doubtful)
    throw new UserError('A dataset calls no image doubtful: --doubtful is for rendered frames.', {
      hint: 'Put a `check` stage behind it to find faulty images and boxes.',
    });
  const dataset = await readDataset(artifact, 'the dataset');
  const records: DatasetRecord[] = [];
  for await (const record of dataset.records()) records.push(record);
  const asked = showing(records, request);
  const chosen =
    request.only.length > 0 ? chooseByName(asked, request.only) : chooseEvenly(asked, request.count);
  const { classes } = dataset.header;
  const tiles: Tile[] = [];
  for (const record of chosen) {
    request.signal.throwIfAborted();
    tiles.push(await tileOf(artifact, record, classes, request));
  }
  return {
    tiles,
    total: asked.length,
    legend: `A colour for each class (${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', …' : ''}); with the visible share where it is known. Dashed: crowds and what reaches over the edge.`,
  };
}

/** Pictures of any shape in squares of one size, so that rows stay together. One that cannot be read is a grey square. */
async function tileOf(
  artifact: ArtifactReader,
  record: DatasetRecord,
  classes: readonly string[],
  { plain, tileWidthPx: sidePx }: PreviewRequest,
): Promise<Tile> {
  const { default: sharp } = await import('sharp');
  const scale = Math.min(1, sidePx / Math.max(record.width, record.height));
  const width = Math.max(1, Math.round(record.width * scale));
  const height = Math.max(1, Math.round(record.height * scale));
  try {
    const shown = await sharp(artifact.locate({ digest: record.imageDigest }), { failOn: 'error' })
      .resize(width, height, { fit: 'fill' })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .png()
      .toBuffer();
    const overlay = Buffer.from(overlayOf(record.objects, classes, { width, height, scale }));
    const drawn = plain
      ? shown
      : await sharp(shown)
          .composite([{ input: overlay }])
          .png()
          .toBuffer();
    const image = await sharp(drawn)
      .resize(sidePx, sidePx, { fit: 'contain', background: 'white', withoutEnlargement: true })
      .png()
      .toBuffer();
    return { image, label: record.id };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const grey = { width: sidePx, height: sidePx, channels: 3 as const, background: '#808080' };
    return { image: await sharp({ create: grey }).png().toBuffer(), label: `${record.id}: cannot be read` };
  }
}

function overlayOf(
  objects: readonly ObjectRecord[],
  classes: readonly string[],
  shown: { readonly width: number; readonly height: number; readonly scale: number },
): string {
  const colourOf = (object: ObjectRecord): string => instanceCssColour(classes.indexOf(object.class) + 1);
  const boxes = boxesAsSvg(
    objects.map((object) => ({
      box: object.box,
      label:
        object.visibleFraction === undefined
          ? object.class
          : `${object.class} ${object.visibleFraction.toFixed(2)}`,
      colour: colourOf(object),
      dashed: object.crowd === true || object.truncated === true,
    })),
    shown,
  );
  const others = objects.map(
    (object) =>
      outlineAsSvg(object, colourOf(object), shown.scale) +
      (object.keypoints ? keypointsAsSvg(object.keypoints, colourOf(object), shown.scale) : ''),
  );
  return boxes.replace(/<\/svg>$/, `${others.join('')}</svg>`);
}

function outlineAsSvg({ segmentation }: ObjectRecord, colour: string, scale: number): string {
  if (!segmentation || !('polygons' in segmentation)) return '';
  return segmentation.polygons
    .map((polygon) => {
      const points = polygon.map((value) => Math.round(value * scale * 100) / 100).join(' ');
      return `<polygon points="${points}" fill="${colour}" fill-opacity="0.2" stroke="${colour}" stroke-width="1"/>`;
    })
    .join('');
}
