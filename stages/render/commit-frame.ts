import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchContext } from '../../pipeline/stage/context.js';
import type { RenderFrame } from './frame.js';
import type { FrameResult } from './frame-result.js';
import type { ResultLine } from './job.js';
import type { RenderParams } from './params.js';
import { measureFrame } from './quality/measure-frame.js';

/** Measures a finished frame and takes its files into the store. @param folder where Blender has put them */
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
  await writeFile(recordFile, `${JSON.stringify(line.record)}\n`);
  const { depth, normals } = frame.description.passes;
  const endings = [
    'png',
    'mask.png',
    'json',
    ...(depth ? ['depth.png'] : []),
    ...(normals ? ['normals.png'] : []),
  ];
  const value: FrameResult = {
    record: line.record,
    measured: await measureFrame(join(folder, `${id}.png`), join(folder, `${id}.mask.png`)),
  };
  await context.commit(frame, {
    files: Object.fromEntries(endings.map((ending) => [`${id}.${ending}`, join(folder, `${id}.${ending}`)])),
    value,
  });
}
