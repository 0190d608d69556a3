import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint, type CrashPoint } from '../core/crash-point.js';
import { diskFailure, writing } from '../core/disk-failure.js';
import type { RunEvent, StageProgress } from './event.js';

/** Where a run keeps what a stage and its children printed. */
export function stageLogPath(runDirectory: string, stage: string): string {
  return join(runDirectory, 'logs', `${stage}.log`);
}

/** Where a run keeps how far its stages are. */
export function progressPath(runDirectory: string): string {
  return join(runDirectory, 'progress.ndjson');
}

/** Progress comes with every step: for whoever watches, so much of it is enough. */
const progressEveryMs = 1000;

/**
 * Writes a run's events to `journal.ndjson`, each stage's lines to `logs/<stage>.log`, and what is only for the moment
 * (progress, once a second for each stage; pictures) to `progress.ndjson`, which nothing but the live page reads.
 */
export class Journal {
  readonly #directory: string;
  #failure: Error | undefined;
  readonly #events: WriteStream;
  #progress: WriteStream | undefined;
  readonly #logs = new Map<string, WriteStream>();
  readonly #toldMs = new Map<string, number>();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#events = this.#append(join(directory, 'journal.ndjson'));
  }

  /** Opens the journal of a run, making its folder. */
  static async open(runDirectory: string): Promise<Journal> {
    await writing(runDirectory, async () => {
      crashPoint('journal-before-open');
      await mkdir(join(runDirectory, 'logs'), { recursive: true });
    });
    return new Journal(runDirectory);
  }

  write(event: RunEvent): void {
    if (event.type === 'stage-log') {
      const log = this.#log(event.stage);
      writeTo(log, 'journal-before-log', `${event.line}\n`);
    } else if (event.type === 'stage-progress' || event.type === 'stage-picture') {
      if (event.type === 'stage-progress' && !this.#isDue(event)) return;
      this.#progress ??= this.#append(progressPath(this.#directory));
      writeTo(this.#progress, 'journal-before-progress', `${JSON.stringify(event)}\n`);
    } else writeTo(this.#events, 'journal-before-event', `${JSON.stringify(event)}\n`);
  }

  /** Waits until all is written. @throws UserError when something could not be: the run itself went on */
  async close(): Promise<void> {
    crashPoint('journal-before-close');
    const streams = [this.#events, ...(this.#progress ? [this.#progress] : []), ...this.#logs.values()];
    await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.end(() => resolve()))));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A run does not end because its journal cannot be written; whoever closes the journal is told. */
  #append(path: string): WriteStream {
    const stream = createWriteStream(path, { flags: 'a' });
    stream.on('error', (error) => {
      const failure = diskFailure(error, path);
      this.#failure ??= failure instanceof Error ? failure : error;
    });
    return stream;
  }

  #isDue({ stage, atMs, done, total }: StageProgress): boolean {
    const due = done >= total || atMs - (this.#toldMs.get(stage) ?? -Infinity) >= progressEveryMs;
    if (due) this.#toldMs.set(stage, atMs);
    return due;
  }

  #log(stage: string): WriteStream {
    let stream = this.#logs.get(stage);
    if (!stream) {
      stream = this.#append(stageLogPath(this.#directory, stage));
      this.#logs.set(stage, stream);
    }
    return stream;
  }
}

/** A failure that is injected here is one of the stream, as a full disk would be. */
function writeTo(stream: WriteStream, point: CrashPoint, text: string): void {
  try {
    crashPoint(point);
    stream.write(text);
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
