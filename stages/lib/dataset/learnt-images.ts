import { appendFile } from 'node:fs/promises';
import { z } from 'zod';
import { isDigest, type Digest } from '../../../pipeline/core/digest.js';
import type { ArtifactReader, OutputWriter } from '../../../pipeline/stage/artifact.js';
import { parseLine } from './json-line.js';
import { datasetRecordSchema } from './record.js';

/**
 * The images that a detector comes from: a file of a detector, which its predictions carry on, so that an evaluation
 * can refuse to judge by what was learnt.
 */
const learntImagesFile = 'learnt-images.jsonl';

const learntImageSchema = z.strictObject({
  /** Whether the network was fitted to it, or chosen by it. */
  use: z.enum(['train', 'validation']),
  id: z.string(),
  imageDigest: z.custom<Digest>(isDigest, 'a SHA-256 in hex'),
  source: z.strictObject({ dataset: z.string(), group: z.string() }),
});
export type LearntImage = z.infer<typeof learntImageSchema>;

const linesAtOnce = 1000;

/**
 * Writes the list of a network's images, out of the datasets that it was trained and chosen by.
 * @param earlier detectors that the training started from, and datasets that a generator made: what those learnt is in
 *   the result, too
 */
export async function writeLearntImages(
  output: OutputWriter,
  datasets: Readonly<Record<LearntImage['use'], ArtifactReader | readonly ArtifactReader[]>>,
  earlier: readonly ArtifactReader[] = [],
): Promise<void> {
  const path = await output.path(learntImagesFile);
  await gatherLearntImages(earlier, output);
  const uses = (['train', 'validation'] as const).flatMap((use) =>
    [datasets[use]].flat().map((dataset) => [use, dataset] as const),
  );
  for (const [use, dataset] of uses) {
    let lines: string[] = [];
    for await (const line of dataset.readLines('records.jsonl')) {
      const { id, imageDigest, source } = datasetRecordSchema.parse(JSON.parse(line));
      lines.push(`${JSON.stringify({ use, id, imageDigest, source } satisfies LearntImage)}\n`);
      if (lines.length < linesAtOnce) continue;
      await appendFile(path, lines.join(''));
      lines = [];
    }
    await appendFile(path, lines.join(''));
  }
}

/** Carries the lists of several datasets on to the one that is made of them; where none has a list, none is written. */
export async function gatherLearntImages(from: readonly ArtifactReader[], to: OutputWriter): Promise<void> {
  for (const artifact of from)
    if (await artifact.has(learntImagesFile))
      await appendFile(await to.path(learntImagesFile), await artifact.readBytes(learntImagesFile));
}

/**
 * Carries the list on, from a detector to its predictions or from a generator to its images. Those from elsewhere have
 * none.
 */
export async function passOnLearntImages(from: ArtifactReader, to: OutputWriter): Promise<void> {
  if (await from.has(learntImagesFile)) to.reference(learntImagesFile, await from.file(learntImagesFile));
}

/** The images that predictions were learnt from; undefined when nobody knows. @throws UserError for a broken line */
export async function readLearntImages(
  artifact: ArtifactReader,
  label: string,
): Promise<AsyncIterable<LearntImage> | undefined> {
  if (!(await artifact.has(learntImagesFile))) return undefined;
  return (async function* () {
    let line = 0;
    for await (const text of artifact.readLines(learntImagesFile))
      yield parseLine(text, learntImageSchema, { label, file: learntImagesFile, line: ++line });
  })();
}
