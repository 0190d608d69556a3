import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const pollMs = 500;

/** Somebody asked for the end of a stage; the others go on. */
export class CancelledStageError extends Error {
  override readonly name = 'CancelledStageError';
}

const request = z.strictObject({ cancel: z.string() });

/** Where a run looks for what others ask of it. */
function requestsPath(runDirectory: string): string {
  return join(runDirectory, 'requests.ndjson');
}

/** Asks a run, whichever process and machine it is on, to end one of its stages. */
export async function requestCancellation(runDirectory: string, stage: string): Promise<void> {
  const path = requestsPath(runDirectory);
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify({ cancel: stage } satisfies z.infer<typeof request>)}\n`);
}

/** The stages of a run that somebody wants to end, by the file into which others write their requests. */
export class Cancellations {
  readonly #controllers = new Map<string, AbortController>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly runDirectory: string) {}

  /** Looks for requests until `close`. */
  open(): this {
    this.#timer = setInterval(() => void this.look(), pollMs);
    this.#timer.unref();
    return this;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Aborts with a CancelledStageError when the stage is to end. */
  signal(stage: string): AbortSignal {
    return this.#controller(stage).signal;
  }

  /** Reads the requests. Lines that are none are passed over. */
  async look(): Promise<void> {
    const text = await readFile(requestsPath(this.runDirectory), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const stage = request.safeParse(parsed(line)).data?.cancel;
      if (stage === undefined) continue;
      const controller = this.#controller(stage);
      if (!controller.signal.aborted)
        controller.abort(new CancelledStageError('It was cancelled; what it had finished is kept.'));
    }
  }

  #controller(stage: string): AbortController {
    const known = this.#controllers.get(stage) ?? new AbortController();
    this.#controllers.set(stage, known);
    return known;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
