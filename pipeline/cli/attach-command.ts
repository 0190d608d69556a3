import type { Command } from 'commander';
import type { AttachOptions } from './attach.js';
import type { CommandWorld } from './inspect-commands.js';

/** `pipeline attach`. */
export function addAttachCommand(root: Command, world: CommandWorld): void {
  const { program, console, signal, exit, withFile } = world;
  withFile(root.command('attach'))
    .description('show a run that goes on elsewhere (`run --detach`) until it ends; Ctrl-C leaves it alone')
    .usage('[FILE] [RUN] [options]')
    .argument(
      '[words...]',
      'the pipeline file (or its folder), and a run: an id, the beginning of one; by default the last',
    )
    .option('--end', 'end the run, and the tasks that it has on a cluster, as Ctrl-C would have')
    .option('--json', 'events as lines of JSON')
    .action(async (words: string[], options: AttachOptions) => {
      const { attachCommand } = await import('./attach.js');
      exit(await attachCommand(words, options, program, console, signal));
    });
}
