import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { applyEffects } from './effects/apply-effects.js';
import type { RenderFrame } from './frame.js';
import type { FrameResult } from './frame-result.js';
import type { ResultLine } from './job.js';
import type { RenderParams } from './params.js';
import { measureFrame } from './quality/measure-frame.js';
import { showFrame } from './show-frame.js';

/** Puts a finished frame through its effects, measures it and takes its files into the store. @param folder where Blender has put them */
export async function commitFrame(
  frame: RenderFrame,
  line: Extract<ResultLine, { event: 'finished' }>,
  folder: string,
  context: BatchContext<RenderParams, RenderFrame>,
): Promise<void> {
  const { id } = frame;
  for (const note of line.notes) context.log(`frame ${id}: ${note}`);
  context.log(`frame ${id}: ${line.seconds.toFixed(2)} s, ${Math.round(line.residentMb)} MiB`);
  const recordFile = join(folder, `${id}.json`);
  const image = join(folder, `${id}.png`);
  const mask = join(folder, `${id}.mask.png`);
  const record = await applyEffects({ image, mask, record: line.record }, frame.description);
  await writeFile(recordFile, `${JSON.stringify(record)}\n`);
  const { depth, normals } = frame.description.passes;
  const endings = [
    'png',
    'mask.png',
    'json',
    ...(depth ? ['depth.png'] : []),
    ...(normals ? ['normals.png'] : []),
  ];
  const value: FrameResult = {
    record,
    measured: await measureFrame(image, mask),
  };
  await showFrame(record, { image, mask }, context);
  await context.commit(frame, {
    files: Object.fromEntries(endings.map((ending) => [`${id}.${ending}`, join(folder, `${id}.${ending}`)])),
    value,
  });
}
