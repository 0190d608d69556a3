import type { ItemResult, StageContext } from '../../pipeline/stage/context.js';
import { frameRecordSchema, type FrameRecord } from '../lib/dataset/frame-record.js';
import { contactSheet } from '../lib/imaging/contact-sheet.js';
import type { RenderFrame } from './frame.js';
import type { RenderParams } from './params.js';

const sheetFrames = 24;
const sheetColumns = 6;
const tileWidthPx = 192;

/** Names every frame's files in the output, writes frames.jsonl, shows a contact sheet, counts the empty frames. */
export async function collectFrames(
  results: AsyncIterable<ItemResult<RenderFrame>>,
  context: StageContext<RenderParams>,
): Promise<void> {
  const output = context.output('frames');
  const lines: string[] = [];
  const shown: { id: string; path: string }[] = [];
  const stride = Math.max(1, Math.ceil(context.params.frames / sheetFrames));
  const empty: string[] = [];
  let objects = 0;
  let count = 0;
  for await (const { item, files, value } of results) {
    const record = frameRecordSchema.parse(value);
    for (const file of files) output.reference(file.path, file);
    lines.push(JSON.stringify(record));
    const visible = visibleObjects(record);
    objects += visible;
    if (visible === 0) empty.push(item.id);
    const image = files.find((file) => file.path === `${item.id}.png`);
    if (image && count % stride === 0)
      shown.push({ id: item.id, path: await context.input0(image) });
    count += 1;
  }
  await output.write('frames.jsonl', lines.map((line) => `${line}\n`).join(''));
}

function visibleObjects(record: FrameRecord): number {
  return record.objects.filter((object) => object.pixelsVisible > 0).length;
}
