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
  'stage-picture': z.looseObject({ ...ofStage, title: text, file: text }),
  'stage-log': z.looseObject({ ...ofStage, line: text }),
  'stage-warning': z.looseObject({ ...ofStage, message: text }),
  'item-failed': z.looseObject({ ...ofStage, item: text, message: text }),
  'stage-succeeded': z.looseObject({ ...ofStage, key: text, tookMs: number, outputs, metrics: record }),
  'stage-failed': z.looseObject({ ...ofStage, tookMs: number, message: text, details: z.array(text) }),
  'stage-blocked': z.looseObject({ ...ofStage, by: text }),
  'stage-left-out': z.looseObject({ ...ofStage, why: text }),
  'stage-interrupted': z.looseObject({ ...ofStage, tookMs: number }),
  'stage-fetched': z.looseObject({ ...ofStage, contents: number, bytes: number }),
  'cache-sent': z.looseObject({ atMs: number, stages: number, contents: number, bytes: number }),
  'cache-trouble': z.looseObject({ atMs: number, message: text }),
  'view-retired': z.looseObject({ atMs: number, folder: text, kept: z.array(text) }),
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
  return wholeLines(journal).filter(isEvent);
}

/** The events of a run. @returns none when the run has no journal */
export async function readJournal(runDirectory: string): Promise<RunEvent[]> {
  return parseJournal(await journalText(runDirectory));
}

/**
 * Whatever the whole lines of a run's journal say, events that a later version has written, too: for who must rather
 * believe too much than too little.
 */
export async function readJournalLines(runDirectory: string): Promise<readonly JournalLine[]> {
  return wholeLines(await journalText(runDirectory));
}

/** A line that is an object, of which nothing else is known. */
type JournalLine = Readonly<Partial<Record<'type' | 'pipeline' | 'key', unknown>>>;

/** The ids of the runs in a store's folder of runs, the latest first: they begin with the time. */
export async function listRuns(runsDirectory: string): Promise<string[]> {
  try {
    return (await readdir(runsDirectory)).sort().reverse();
  } catch (error) {
    // Runs that cannot be read are not none: their results would be taken for garbage.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function journalText(runDirectory: string): Promise<string> {
  try {
    return await readFile(join(runDirectory, 'journal.ndjson'), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return '';
    throw error;
  }
}

function wholeLines(journal: string): JournalLine[] {
  return journal.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isEvent(line: JournalLine): line is RunEvent {
  const type = String(line.type);
  return Object.hasOwn(shapes, type) && shapes[type as RunEvent['type']].safeParse(line).success;
}
