import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Measure, Measures } from '../stage/exhibit.js';
import type { RunRecords } from './run-records.js';
import type { RunSummary } from './run-summary.js';

/** A measure of a stage in a run. */
export interface RunMeasure extends Measure {
  readonly stage: string;
  readonly drawnFrom: string;
}

const number = z.number();
const measures: z.ZodType<Measures> = z.object({
  version: z.literal(1),
  drawnFrom: z.string(),
  measures: z.array(
    z.object({
      name: z.string(),
      better: z.enum(['higher', 'lower']),
      value: number,
      low: number,
      high: number,
      draws: z.array(number),
    }),
  ),
});

/**
 * The measures of all stages of a run whose results are in the store, by `stage/name`. What is no longer there or not
 * whole is left out: `verify` tells of it.
 */
export async function measuresOf(
  run: Pick<RunSummary, 'stages'>,
  records: RunRecords,
): Promise<ReadonlyMap<string, RunMeasure>> {
  const { store } = records;
  const found = new Map<string, RunMeasure>();
  for (const stage of run.stages.values()) {
    const record = await records.of(stage);
    for (const exhibit of record?.exhibits ?? []) {
      if (exhibit.type !== 'measures') continue;
      if (store.cache && !(await store.cache.fetch(exhibit))) continue;
      const text = await readFile(store.blobs.path(exhibit.digest), 'utf8').catch(() => '');
      const parsed = measures.safeParse(parsedJson(text));
      if (!parsed.success) continue;
      const { drawnFrom } = parsed.data;
      for (const measure of parsed.data.measures)
        found.set(`${stage.name}/${measure.name}`, { ...measure, stage: stage.name, drawnFrom });
    }
  }
  return found;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
