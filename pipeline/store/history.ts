import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';

const number = z.number();
const stage = z.object({
  name: z.string(),
  kind: z.string(),
  state: z.string(),
  key: z.string().exactOptional(),
  tookMs: number,
  held: z.object({ cpuMs: number, gpuMs: number }).exactOptional(),
  items: z.object({ total: number, reused: number, failed: number }).exactOptional(),
  sizeBytes: number,
  metrics: z.record(z.string(), number),
  /** What chance in the test data does to a metric of this name. */
  intervals: z.record(z.string(), z.object({ low: number, high: number })),
});
const entry = z.object({
  version: z.literal(1),
  runId: z.string(),
  pipeline: z.string(),
  startedMs: number,
  tookMs: number,
  outcome: z.enum(['succeeded', 'failed', 'interrupted']),
  stages: z.array(stage),
});

export type HistoryStage = z.infer<typeof stage>;
/** What is kept of a run for ever, when gc has taken its journal and its results: its figures, times and sizes. */
export type HistoryEntry = z.infer<typeof entry>;

/** The figures of all runs that came to an end: `history/<pipeline>/<run>.json`. gc leaves them alone. */
export class History {
  readonly #root: string;

  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'history');
  }

  async add(added: HistoryEntry): Promise<void> {
    const path = join(this.#folder(added.pipeline), `${added.runId}.json`);
    await writeAtomically(path, `${JSON.stringify(added)}\n`);
  }

  /** The runs of a pipeline, the earliest first. An entry that is not whole is passed over. */
  async read(pipeline: string): Promise<readonly HistoryEntry[]> {
    const names = await readdir(this.#folder(pipeline)).catch(() => []);
    const entries = await Promise.all(
      names
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map(async (name) => parsed(await readFile(join(this.#folder(pipeline), name), 'utf8'))),
    );
    return entries.filter((one) => one !== undefined);
  }

  #folder(pipeline: string): string {
    return join(this.#root, encodeURIComponent(pipeline));
  }
}

function parsed(text: string): HistoryEntry | undefined {
  try {
    return entry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
