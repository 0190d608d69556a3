import { Option, type Command } from 'commander';
import type { CacheAction, CacheOptions } from './cache.js';
import type { CommandWorld } from './inspect-commands.js';

const actions: readonly (readonly [CacheAction, string])[] = [
  ['push', 'leave the results of the store there, and the items of unfinished stages'],
  ['pull', 'bring the results into the store, with all of their files'],
  ['stats', 'say what is in it'],
];

/** `--cache-mode`: whether a run leaves there what it makes. */
export function cacheMode(): Option {
  return new Option(
    '--cache-mode <mode>',
    'only take results out of the cache, or leave some there, too',
  ).choices(['read', 'read-write']);
}

/** `pipeline cache push|pull|stats`. */
export function addCacheCommands(root: Command, world: CommandWorld): void {
  const { program, console, signal, exit, withFile } = world;
  const cache = root
    .command('cache')
    .description('move results between the store and the cache that the pipeline file names');
  for (const [action, description] of actions)
    withFile(cache.command(action))
      .description(description)
      .usage('[FILE] [STAGE…] [options]')
      .argument('[words...]', 'the pipeline file (or its folder), and stages if not all are wanted')
      .option('--cache <url>', 'this cache, instead of the one that the file names')
      .option('--json', 'as JSON')
      .action(async (words: string[], options: CacheOptions) => {
        const { cacheCommand } = await import('./cache.js');
        exit(await cacheCommand(action, words, options, program, console, signal));
      });
}
