import { once } from 'node:events';
import { Store } from '../store/store.js';
import { LivePage } from '../ui/live-page.js';
import { RunControl } from '../ui/run-control.js';
import { exitCodes } from './exit-codes.js';
import { loadIdentity, pipelineFilePath, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { programEntry } from './program-identity.js';

export interface UiOptions extends FileOptions {
  readonly port?: number;
  readonly control?: boolean;
}

/** `pipeline ui [FILE]`: serves the live page of a pipeline's runs until Ctrl-C. */
export async function uiCommand(
  words: readonly string[],
  options: UiOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { file, storeDirectory } = await loadIdentity(words, program, options);
  const store = new Store(storeDirectory);
  const control = options.control
    ? new RunControl(
        [
          process.execPath,
          await programEntry(),
          'run',
          pipelineFilePath(words),
          '--store',
          storeDirectory,
          ...options.set.flatMap((setting) => ['--set', setting]),
        ],
        store,
        console.error,
      )
    : undefined;
  const page = await LivePage.open({ pipeline: file.name, store, control, port: options.port ?? 0 });
  console.out(`${file.name}: ${page.address}`);
  console.out(
    control
      ? 'The page may start, cancel and retry. Ctrl-C ends it, and the runs that it has started.'
      : 'The page only shows; --control lets it start, cancel and retry. Ctrl-C ends it.',
  );
  if (!signal.aborted) await once(signal, 'abort');
  control?.close();
  await page.close();
  return exitCodes.success;
}
