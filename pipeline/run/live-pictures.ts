import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfJson } from '../core/digest.js';
import type { UntimedEvent } from '../events/event.js';
import type { StageContext } from '../stage/context.js';

const everyMs = 2000;
/** So many of a stage's pictures stay: a newer one takes the place of the oldest. */
const kept = 6;
const extensions = { 'image/png': 'png', 'image/jpeg': 'jpg' } as const;

/** The folder of a run's folder with the pictures for whoever watches. */
const livePicturesFolder = 'pictures-live';

type Picture = Parameters<StageContext<unknown>['picture']>[0];

/** The latest pictures of a stage that runs. */
export class LivePictures {
  #shownMs = -Infinity;
  #count = 0;

  constructor(
    private readonly stage: string,
    private readonly runDirectory: string,
  ) {}

  /** Draws and keeps a picture when the last one is some seconds old. A picture is no reason to fail. */
  async show(
    { title, mediaType, draw }: Picture,
    emit: (event: UntimedEvent) => void,
    log: (line: string) => void,
  ): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < everyMs) return;
    this.#shownMs = nowMs;
    try {
      const folder = join(this.runDirectory, livePicturesFolder);
      await mkdir(folder, { recursive: true });
      // A stage's name is no file name: of an instance it holds what a matrix says.
      const file = `${digestOfJson(this.stage).slice(0, 12)}-${this.#count++ % kept}.${extensions[mediaType]}`;
      await writeFile(join(folder, `${file}.new`), await draw());
      await rename(join(folder, `${file}.new`), join(folder, file));
      emit({ type: 'stage-picture', stage: this.stage, title, file });
    } catch (error) {
      log(`no picture of ${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
