import { UserError } from '../core/user-error.js';
import { formatBytes, formatCount } from '../report/quantities.js';
import { localHost } from '../run/host.js';
import { examineStages } from '../run/examine.js';
import type { StageState } from '../run/stage-state.js';
import { pullResult } from '../store/remotes/pull-result.js';
import { pushResult } from '../store/remotes/push-result.js';
import { RemoteFailure } from '../store/remotes/remote.js';
import type { ResultCache, Transfer } from '../store/remotes/result-cache.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan, type FileOptions } from './load-plan.js';
import { openCache } from './open-cache.js';
import type { Console, Program } from './program.js';

export interface CacheOptions extends FileOptions {
  readonly cache?: string;
  readonly json?: boolean;
}

export type CacheAction = 'push' | 'pull' | 'stats';

interface StageTransfer extends Transfer {
  readonly stage: string;
  readonly outcome: 'there' | 'incomplete' | 'absent';
}

/**
 * `pipeline cache push|pull|stats [FILE] [STAGE…]`: leaves results of the store in the cache, brings them from there,
 * or says what is in it. Here, unlike in a run, what the cache does not do is a failure. @returns the exit code
 */
export async function cacheCommand(
  action: CacheAction,
  words: readonly string[],
  options: CacheOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan, storeDirectory } = await loadPlan(words, program, options);
  const store = new Store(storeDirectory);
  let troubles = 0;
  const onTrouble = (message: string): void => {
    troubles++;
    console.error(`cache: ${message}`);
  };
  const flags = { ...options, cacheMode: 'read-write' } as const;
  const cache = await openCache(plan.file, flags, store, { signal, onTrouble });
  if (!cache)
    throw new UserError(`${plan.file.path} names no cache.`, {
      hint: 'Put `cache: { url: s3://bucket/prefix }` into it, or name one with --cache.',
    });
  if (action === 'stats') return stats(cache, options.json === true, console);

  const transfers: StageTransfer[] = [];
  // What is pulled is known by the cache; what is pushed, by the store alone.
  if (action === 'pull') store.cache = cache;
  const host = localHost(plan.file.directory, store, signal);
  for await (const { stage, state } of examineStages(plan, { store, host })) {
    signal.throwIfAborted();
    if (state) transfers.push({ stage: stage.name, ...(await transfer(action, state, store, cache)) });
    else transfers.push({ stage: stage.name, outcome: 'absent', contents: 0, bytes: 0, failed: 0 });
  }
  if (options.json === true)
    console.out(JSON.stringify({ cache: cache.url, action, stages: transfers }, null, 2));
  else for (const line of transfers) console.out(sentence(line, action));
  const failed = troubles > 0 || transfers.some(({ outcome }) => outcome === 'incomplete');
  return failed ? exitCodes.failure : exitCodes.success;
}

async function transfer(
  action: 'push' | 'pull',
  { key, record, isAway }: StageState,
  store: Store,
  cache: ResultCache,
): Promise<Omit<StageTransfer, 'stage'>> {
  const nothing = { contents: 0, bytes: 0, failed: 0 };
  if (action === 'push') {
    const { complete, ...sent } = await pushResult(store, cache, key);
    return { ...sent, outcome: !complete ? 'incomplete' : record ? 'there' : 'absent' };
  }
  if (!isAway) return { ...nothing, outcome: record ? 'there' : 'absent' };
  const stored = await cache.readStage(key);
  if (!stored) return { ...nothing, outcome: 'absent' };
  const came = await pullResult(store, cache, key, stored);
  return { ...came, outcome: came.failed > 0 ? 'incomplete' : 'there' };
}

function sentence(
  { stage, outcome, contents, bytes, failed }: StageTransfer,
  action: 'push' | 'pull',
): string {
  const moved = `${formatCount(contents, 'content')}, ${formatBytes(bytes)}`;
  const verb = action === 'push' ? 'sent' : 'fetched';
  switch (outcome) {
    case 'there':
      return contents === 0 ? `= ${stage}  is there` : `+ ${stage}  ${verb} ${moved}`;
    case 'incomplete':
      return `x ${stage}  incomplete: ${formatCount(failed, 'content')} failed; ${verb} ${moved}`;
    case 'absent':
      if (contents > 0) return `+ ${stage}  not finished; of its items ${verb} ${moved}`;
      return `- ${stage}  ${action === 'push' ? 'has no result in the store' : 'is not in the cache'}`;
  }
}

async function stats(cache: ResultCache, json: boolean, console: Console): Promise<number> {
  try {
    const measured = await cache.measure();
    if (json) console.out(JSON.stringify({ cache: cache.url, ...measured }, null, 2));
    else {
      console.out(cache.url);
      for (const [what, { count, bytes }] of Object.entries(measured))
        console.out(`  ${what.padEnd(9)} ${String(count).padStart(9)}  ${formatBytes(bytes)}`);
    }
    return exitCodes.success;
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    throw new UserError(error.message, {
      hint: 'Credentials come from the environment: pipeline/README.md names the variables.',
    });
  }
}
