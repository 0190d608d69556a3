import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../core/error-code.js';
import type { RunEvent } from './event.js';

const text = z.string();
const number = z.number();
const record = z.record(z.string(), z.unknown());
const ofStage = { atMs: number, stage: text };
const outputs = z.record(z.string(), z.looseObject({ type: text, digest: text }));

/** The least that an event must hold to be taken for one; what else stands in it is passed on. */
const shapes: { readonly [T in RunEvent['type']]: z.ZodType } = {
  'run-started': z.looseObject({
    atMs: number,
    runId: text,
    pipeline: text,
    file: text,
    seed: number,
    stages: z.array(z.looseObject({ name: text, kind: text })),
  }),
  'stage-reused': z.looseObject({ ...ofStage, key: text, outputs }),
  'stage-started': z.looseObject({ ...ofStage, key: text, reasons: z.array(text) }),
  'stage-waits': z.looseObject({
    ...ofStage,
    owner: z.looseObject({ runId: text, host: text, pid: number }),
    sameRun: z.boolean(),
  }),
  'stage-retried': z.looseObject({
    ...ofStage,
    attempt: number,
    attempts: number,
    waitMs: number,
    message: text,
  }),
  'stage-items': z.looseObject({ ...ofStage, total: number, reused: number }),
  'stage-progress': z.looseObject({ ...ofStage, done: number, total: number, unit: text }),
  'stage-log': z.looseObject({ ...ofStage, line: text }),
  'stage-warning': z.looseObject({ ...ofStage, message: text }),
  'item-failed': z.looseObject({ ...ofStage, item: text, message: text }),
  'stage-succeeded': z.looseObject({ ...ofStage, key: text, tookMs: number, outputs, metrics: record }),
  'stage-failed': z.looseObject({ ...ofStage, tookMs: number, message: text, details: z.array(text) }),
  'stage-blocked': z.looseObject({ ...ofStage, by: text }),
  'stage-interrupted': z.looseObject({ ...ofStage, tookMs: number }),
  'run-finished': z.looseObject({
    atMs: number,
    outcome: z.enum(['succeeded', 'failed', 'interrupted']),
    tookMs: number,
  }),
};

/**
 * The events of a journal's text. A line that is cut, as a killed run leaves it, or that is of a kind unknown here,
 * is passed over: what a line does not wholly say did not happen.
 */
export function parseJournal(journal: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of journal.split('\n')) {
    const event = parseLine(line);
    if (event) events.push(event);
  }
  return events;
}

/** The events of a run. @returns none when the run has no journal */
export async function readJournal(runDirectory: string): Promise<RunEvent[]> {
  try {
    return parseJournal(await readFile(join(runDirectory, 'journal.ndjson'), 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** The ids of the runs in a store's folder of runs, the latest first. */
export async function listRuns(runsDirectory: string): Promise<string[]> {
  return (await readdir(runsDirectory).catch(() => [])).sort().reverse();
}

function parseLine(line: string): RunEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  const shape = Object.hasOwn(shapes, String(value.type))
    ? shapes[value.type as RunEvent['type']]
    : undefined;
  return shape?.safeParse(value).success ? (value as RunEvent) : undefined;
}
