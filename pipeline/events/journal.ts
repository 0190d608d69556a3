import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from './event.js';

/** Where a run keeps what a stage and its children printed. */
export function stageLogPath(runDirectory: string, stage: string): string {
  return join(runDirectory, 'logs', `${stage}.log`);
}

/** Writes a run's events to `journal.ndjson` and each stage's lines to `logs/<stage>.log`. */
export class Journal {
  readonly #directory: string;
  readonly #events: WriteStream;
  readonly #logs = new Map<string, WriteStream>();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#events = createWriteStream(join(directory, 'journal.ndjson'), { flags: 'a' });
  }

  /** Opens the journal of a run, making its folder. */
  static async open(runDirectory: string): Promise<Journal> {
    await mkdir(join(runDirectory, 'logs'), { recursive: true });
    return new Journal(runDirectory);
  }

  write(event: RunEvent): void {
    if (event.type === 'stage-log') this.#log(event.stage).write(`${event.line}\n`);
    else if (event.type !== 'stage-progress') this.#events.write(`${JSON.stringify(event)}\n`);
  }

  async close(): Promise<void> {
    const streams = [this.#events, ...this.#logs.values()];
    await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.end(resolve))));
  }

  #log(stage: string): WriteStream {
    let stream = this.#logs.get(stage);
    if (!stream) {
      stream = createWriteStream(stageLogPath(this.#directory, stage), { flags: 'a' });
      this.#logs.set(stage, stream);
    }
    return stream;
  }
}
