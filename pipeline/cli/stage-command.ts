import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { runProcess } from '../executors/process.js';
import type { CommandEntry, CommandHost } from '../stage/command.js';
import { addOptions, checkOptions } from './command-options.js';
import type { FileOptions } from './load-plan.js';
import { namedArtifacts } from './named-artifacts.js';
import type { Console, Program } from './program.js';

/**
 * Runs a command that the program's stages bring along.
 * @param argv the words after the command's name
 * @param line an empty command of this name, set up to speak as the others do
 * @returns the exit code
 */
export async function runStageCommand(
  entry: CommandEntry,
  argv: readonly string[],
  line: Command,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const command = await entry.load();
  const takesStages = command.words.includes('STAGE');
  line.description(entry.description).usage(`${command.words} [options]`);
  line.argument('[words...]', command.wordsHelp);
  addOptions(line, command);
  if (takesStages)
    line
      .option(
        '--set <path=value>',
        'change a value of the pipeline file for this time',
        (value: string, earlier: readonly string[]) => [...earlier, value],
        [],
      )
      .option('--store <folder>', 'the folder of the store, instead of the one that the file says');
  await line.parseAsync([...argv], { from: 'user' });
  const { set, store, ...written } = line.opts<Record<string, unknown>>();
  const options = checkOptions(command, takesStages ? written : line.opts());
  const file = takesStages ? ({ set, store } as FileOptions) : { set: [] };
  return command.run(line.args, options as never, commandHost(file, program, console, signal));
}

function commandHost(
  file: FileOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): CommandHost {
  return {
    console,
    signal,
    directory: resolve('.'),
    env: process.env,
    cpuCount: availableParallelism(),
    exec: (name, args, options = {}) => runProcess(name, args, options, { signal, log: () => undefined }),
    artifacts: (words, types, markers = {}) =>
      namedArtifacts(words, { types, markers }, file, program, signal),
  };
}
