import type { FarmWork } from './farm-work.js';
import type { Flight } from './flight.js';
import type { TaskFiles } from './task-files.js';

const logLines = 2000;

/** Puts what an attempt printed into the stage's log, under a line that says which attempt it was. */
export async function tellLog(
  { nonce, index, parcel: { attempt, items } }: Flight,
  node: string | undefined,
  files: TaskFiles,
  work: Pick<FarmWork, 'log'>,
): Promise<void> {
  const text = await files.readLog({ nonce, index });
  const lines = text.split('\n').filter((line) => line !== '');
  const place = node === undefined ? '' : ` on ${node}`;
  const share = items ? `, ${items.length} items` : '';
  work.log(`task ${nonce}/${index}, attempt ${attempt}${place}${share}:`);
  if (lines.length > logLines) work.log(`(the whole log: ${files.submissionFolder(nonce)}/log-${index}.txt)`);
  for (const line of lines.slice(-logLines)) work.log(line);
}
