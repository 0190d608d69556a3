import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { frameRecordSchema, type FrameRecord } from '../lib/dataset/frame-record.js';
import type { Tile } from '../lib/imaging/contact-sheet.js';
import { boxesAsSvg, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import { keypointsAsSvg } from '../lib/imaging/draw-keypoints.js';
import { instanceCssColour } from '../lib/imaging/instance-colours.js';
import { maskComponents } from '../lib/imaging/mask-components.js';
import { maskOverlay } from '../lib/imaging/mask-overlay.js';
import { decodeMask } from '../lib/imaging/masks.js';
import { chooseByName, chooseEvenly } from './choose-evenly.js';
import type { Preview, PreviewRequest } from './drawer.js';
import { showing } from './showing.js';

interface Doubtful {
  readonly doubtful: readonly {
    readonly id: string;
    readonly doubts: readonly { readonly check: string }[];
  }[];
}

/** Rendered frames with what their masks and records say drawn over them. */
export async function drawFrames(artifact: ArtifactReader, request: PreviewRequest): Promise<Preview> {
  const doubts = await doubtsOf(artifact);
  const records: FrameRecord[] = [];
  for await (const line of artifact.readLines('frames.jsonl')) {
    const record = frameRecordSchema.parse(JSON.parse(line));
    if (!request.doubtful || doubts.has(record.id)) records.push(record);
  }
  const asked = showing(records, request);
  const chosen =
    request.only.length > 0 ? chooseByName(asked, request.only) : chooseEvenly(asked, request.count);
  const tiles: Tile[] = [];
  for (const record of chosen) {
    request.signal.throwIfAborted();
    const doubt = doubts.get(record.id);
    tiles.push({
      image: await drawFrame(artifact, record, request),
      label: doubt === undefined ? record.id : `${record.id}: ${doubt}`,
    });
  }
  return {
    tiles,
    total: asked.length,
    legend:
      'Areas: instance masks. Boxes: what the mask shows, with the class and the visible share. Dots: keypoints.',
  };
}

async function drawFrame(
  artifact: ArtifactReader,
  record: FrameRecord,
  { plain, tileWidthPx }: PreviewRequest,
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const image = artifact.locate(await artifact.file(`${record.id}.png`));
  const scale = Math.min(1, tileWidthPx / record.width);
  const width = Math.max(1, Math.round(record.width * scale));
  const height = Math.max(1, Math.round(record.height * scale));
  const shown = sharp(image).removeAlpha().toColourspace('srgb').resize(width, height, { fit: 'fill' });
  if (plain) return shown.png().toBuffer();
  const mask = await decodeMask(artifact.locate(await artifact.file(`${record.id}.mask.png`)));
  const overlay = await sharp(maskOverlay(mask), {
    raw: { width: mask.width, height: mask.height, channels: 4 },
  })
    .resize(width, height, { fit: 'fill' })
    .png()
    .toBuffer();
  const objects = new Map(record.objects.map((object) => [object.instance, object]));
  const boxes = maskComponents(mask).map(({ instance, box, areaPx }): DrawnBox => {
    const object = objects.get(instance);
    const share = areaPx / Math.max(areaPx, object?.pixelsAlone ?? areaPx);
    return {
      box,
      label: `${object?.class ?? '?'} ${Math.round(100 * share)} %`,
      colour: instanceCssColour(instance),
    };
  });
  const bodies = record.objects
    .filter(({ keypoints, pixelsVisible }) => keypoints !== undefined && pixelsVisible > 0)
    .map(({ keypoints, instance }) => keypointsAsSvg(keypoints ?? {}, instanceCssColour(instance), scale));
  const lines = boxesAsSvg(boxes, { width, height, scale }).replace(/<\/svg>$/, `${bodies.join('')}</svg>`);
  return shown
    .composite([
      { input: overlay, left: 0, top: 0 },
      { input: Buffer.from(lines), left: 0, top: 0 },
    ])
    .png()
    .toBuffer();
}

/** What the stage's quality checks found doubtful, by the frame's name. */
async function doubtsOf(artifact: ArtifactReader): Promise<ReadonlyMap<string, string>> {
  if (!(await artifact.has('quality.json'))) return new Map();
  const { doubtful } = JSON.parse(await artifact.readText('quality.json')) as Doubtful;
  return new Map(doubtful.map(({ id, doubts }) => [id, doubts.map(({ check }) => check).join(', ')]));
}
