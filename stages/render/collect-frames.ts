import { UserError } from '../../pipeline/core/user-error.js';
import type { ItemResult, StageContext } from '../../pipeline/stage/context.js';
import { contactSheet, type Tile } from '../lib/imaging/contact-sheet.js';
import type { RenderFrame } from './frame.js';
import { frameResultSchema } from './frame-result.js';
import type { RenderParams } from './params.js';
import { BoxHistograms } from './quality/histograms.js';
import { QualityReport } from './quality/quality-report.js';

const sheetFrames = 24;
const sheetColumns = 6;
const tileWidthPx = 192;

/**
 * Names all frames' files in the output, writes frames.jsonl and quality.json, and shows what people look at first.
 * @throws UserError when no frame is left, or when frames are doubtful and the checks are strict
 */
export async function collectFrames(
  results: AsyncIterable<ItemResult<RenderFrame>>,
  context: StageContext<RenderParams>,
): Promise<void> {
  const output = context.output('frames');
  const lines: string[] = [];
  const tiles: Tile[] = [];
  const quality = new QualityReport(context.params.quality);
  const histograms = new BoxHistograms();
  const stride = Math.ceil(context.params.frames / sheetFrames);
  for await (const { item, files, value } of results) {
    const result = frameResultSchema.parse(value);
    if ('quarantined' in result) {
      quality.addQuarantined(result.quarantined);
      continue;
    }
    const { record, measured } = result;
    const image = files.find((file) => file.path === `${item.id}.png`);
    if (image && lines.length % stride === 0) tiles.push({ image: context.locate(image), label: item.id });
    for (const file of files) output.reference(file.path, file);
    lines.push(`${JSON.stringify(record)}\n`);
    quality.add(record, measured);
    histograms.add(record, measured);
  }
  quality.tell(context);
  if (lines.length === 0 && quality.file.quarantined.length > 0)
    throw new UserError('No frame is left: Blender crashed or hung twice on every one.', {
      details: quality.file.quarantined.slice(0, 8).map(({ id, reason }) => `frame ${id}: ${reason}`),
    });
  await output.write('frames.jsonl', lines.join(''));
  await output.write('quality.json', `${JSON.stringify(quality.file, null, 2)}\n`);
  context.metric('frames', lines.length);
  context.metric('targets in sight', histograms.count);
  if (tiles.length > 0)
    await context.exhibit({
      type: 'picture',
      title: 'Rendered frames',
      caption: `${tiles.length} of ${lines.length} frames, evenly chosen.`,
      mediaType: 'image/jpeg',
      data: await contactSheet(tiles, { columns: sheetColumns, tileWidthPx }),
    });
  await quality.show(context);
  await histograms.show(context);
}
