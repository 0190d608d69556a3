import type { ItemResult, StageContext } from '../../pipeline/stage/context.js';
import { frameRecordSchema } from '../lib/dataset/frame-record.js';
import { contactSheet, type Tile } from '../lib/imaging/contact-sheet.js';
import type { RenderFrame } from './frame.js';
import type { RenderParams } from './params.js';

const sheetFrames = 24;
const sheetColumns = 6;
const tileWidthPx = 192;
const namedFrames = 8;

/** Names all frames' files in the output, writes frames.jsonl, shows a contact sheet, counts the empty frames. */
export async function collectFrames(
  results: AsyncIterable<ItemResult<RenderFrame>>,
  context: StageContext<RenderParams>,
): Promise<void> {
  const output = context.output('frames');
  const lines: string[] = [];
  const tiles: Tile[] = [];
  const empty: string[] = [];
  const stride = Math.ceil(context.params.frames / sheetFrames);
  let objectCount = 0;
  for await (const { item, files, value } of results) {
    const record = frameRecordSchema.parse(value);
    const image = files.find((file) => file.path === `${item.id}.png`);
    if (image && lines.length % stride === 0) tiles.push({ image: context.locate(image), label: item.id });
    for (const file of files) output.reference(file.path, file);
    lines.push(`${JSON.stringify(record)}\n`);
    const visible = record.objects.filter((object) => object.pixelsVisible > 0).length;
    objectCount += visible;
    if (visible === 0) empty.push(item.id);
  }
  await output.write('frames.jsonl', lines.join(''));
  if (empty.length > 0)
    context.warn(
      `${empty.length} of ${lines.length} frames show no target; they are kept as negatives: ` +
        `${empty.slice(0, namedFrames).join(', ')}${empty.length > namedFrames ? ', …' : ''}.`,
    );
  context.metric('frames', lines.length);
  context.metric('targets in sight', objectCount);
  if (tiles.length === 0) return;
  await context.exhibit({
    type: 'picture',
    title: 'Rendered frames',
    caption: `${tiles.length} of ${lines.length} frames, evenly chosen.`,
    mediaType: 'image/jpeg',
    data: await contactSheet(tiles, { columns: sheetColumns, tileWidthPx }),
  });
}
