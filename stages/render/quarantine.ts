import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import type { RenderFrame } from './frame.js';
import type { QuarantinedFrame } from './frame-result.js';
import type { RenderParams } from './params.js';

/** Attempts at the stage that have given up, by the signal that all their batches share. */
const overLimit = new WeakSet<AbortSignal>();

/** How many frames may be missing. */
function quarantineLimit(params: Pick<RenderParams, 'frames' | 'maxQuarantined'>): number {
  return params.maxQuarantined ?? Math.ceil(params.frames / 100);
}

/**
 * The frames of a stage that Blender does not survive. They are committed without files and without a record of
 * their own: the stage's result does without them and is kept as a whole, so that no later run tries them again until
 * something of the stage changes, or `retryQuarantined` is raised. A list in the stage's scratch folder counts them
 * over all batches, and makes a run that was cut short go on without trying them again.
 */
export class Quarantine {
  readonly #path: string;
  readonly #context: BatchContext<RenderParams, RenderFrame>;

  constructor(context: BatchContext<RenderParams, RenderFrame>) {
    this.#path = join(context.workDirectory, 'quarantined.jsonl');
    this.#context = context;
  }

  /** Gives up at once the frames that this stage has given up before. @returns the others */
  async withoutKnown(frames: readonly RenderFrame[]): Promise<readonly RenderFrame[]> {
    this.#throwWhenOverLimit();
    const known = new Map((await this.#read()).map((entry) => [entry.id, entry]));
    const others: RenderFrame[] = [];
    for (const frame of frames) {
      const entry = known.get(frame.id);
      if (entry) await this.#commit(frame, entry);
      else others.push(frame);
    }
    return others;
  }

  /** @throws UserError when there is no room for this frame: the stage fails */
  async add(frame: RenderFrame, reason: string, lastLines: readonly string[]): Promise<void> {
    this.#throwWhenOverLimit();
    const context = this.#context;
    const limit = quarantineLimit(context.params);
    if ((await this.#read()).length >= limit) {
      overLimit.add(context.signal);
      // Whatever is mended until the next run, it starts to count anew.
      await rm(this.#path, { force: true });
      context.reject(frame, reason, lastLines);
      throw this.#tooMany();
    }
    const { seed, group } = frame.description;
    const entry: QuarantinedFrame = { id: frame.id, seed, group, reason };
    await appendFile(this.#path, `${JSON.stringify(entry)}\n`);
    context.warn(`frame ${frame.id}: ${reason}; it is left out.`);
    for (const line of lastLines) context.log(`frame ${frame.id}: ${line}`);
    await this.#commit(frame, entry);
  }

  async #commit(frame: RenderFrame, quarantined: QuarantinedFrame): Promise<void> {
    await this.#context.commit(frame, { files: {}, value: { quarantined }, lasting: false });
  }

  async #read(): Promise<readonly QuarantinedFrame[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    // A line that is cut off was written when the run was killed: its frame is tried again.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as QuarantinedFrame);
  }

  #throwWhenOverLimit(): void {
    if (overLimit.has(this.#context.signal)) throw this.#tooMany();
  }

  #tooMany(): UserError {
    const limit = quarantineLimit(this.#context.params);
    return new UserError(
      `Blender crashed or hung twice on more frames than maxQuarantined allows (${limit}).`,
      {
        hint: 'See what it printed last. When the scene is to blame, mend it; to go on without such frames, raise maxQuarantined.',
      },
    );
  }
}
