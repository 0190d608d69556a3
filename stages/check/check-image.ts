import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { concurrently } from '../../pipeline/core/concurrently.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { checkImage, imageFaults, rewriteImage } from '../lib/dataset/checks/image-faults.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { imageActions, type CheckParams } from './params.js';

export interface CheckedItem {
  readonly id: string;
  readonly record: DatasetRecord;
}

const imagesAtOnce = 4;

/** What is kept of a look at an image. */
export const lookSchema = z.strictObject({
  findings: z.array(z.strictObject({ fault: z.enum(imageFaults), what: z.string() })),
  /** The size of the image as it was written anew; absent when it was left as it is. */
  rewritten: z.strictObject({ width: z.number().int(), height: z.number().int() }).optional(),
});
export type Look = z.infer<typeof lookSchema>;

/** Looks at images, and writes those anew that have a fault to be repaired. */
export async function checkBatch(
  items: readonly CheckedItem[],
  context: BatchContext<CheckParams, CheckedItem>,
): Promise<void> {
  const actions = imageActions(context.params);
  const dataset = context.input('dataset');
  await concurrently([...items.entries()], imagesAtOnce, async ([index, item]) => {
    context.signal.throwIfAborted();
    const { record } = item;
    const path = dataset.locate({ digest: record.imageDigest });
    const found = await checkImage(path, record.id, record);
    const findings = found.map(({ fault, what }) => ({ fault, what }));
    const repairs = findings.some(({ fault }) => actions[fault] === 'repair');
    if (!repairs || findings.some(({ fault }) => fault === 'image-unreadable')) {
      await context.commit(item, { files: {}, value: { findings } satisfies Look });
      return;
    }
    const { data, size } = await rewriteImage(path, record);
    const file = join(context.batchDirectory, `${index}.png`);
    await writeFile(file, data);
    await context.commit(item, {
      files: { 'image.png': file },
      value: { findings, rewritten: { width: size.width, height: size.height } } satisfies Look,
    });
  });
}
