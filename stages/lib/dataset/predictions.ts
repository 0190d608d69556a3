import { UserError } from '../../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { parseLine } from './json-line.js';
import { predictionRecordSchema, type PredictionRecord } from './prediction-record.js';

/**
 * The records of a predictions artifact, streamed and validated.
 * @param label how messages call it; it goes into no result
 * @throws UserError that names the line, for what is no record (a score that is no number among it) or a second
 *   record of one image
 */
export async function* readPredictions(
  artifact: ArtifactReader,
  label = `predictions ${artifact.digest.slice(0, 12)}`,
): AsyncIterable<PredictionRecord> {
  const file = 'predictions.jsonl';
  if (!(await artifact.has(file)))
    throw new UserError(`${label} has no ${file}.`, {
      hint: 'Predictions come out of detect; run that stage again.',
    });
  const lineOfId = new Map<string, number>();
  let line = 0;
  for await (const text of artifact.readLines(file)) {
    line += 1;
    const record = parseLine(text, predictionRecordSchema, { label, file, line });
    const earlier = lineOfId.get(record.id);
    if (earlier !== undefined)
      throw new UserError(
        `${label}, ${file} line ${line}: image "${record.id}" stands in line ${earlier} already.`,
      );
    lineOfId.set(record.id, line);
    yield record;
  }
}
