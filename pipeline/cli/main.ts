import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { DiagnosticError } from '../core/diagnostic.js';
import { UserError } from '../core/user-error.js';
import { localHost } from '../run/host.js';
import { Store } from '../store/store.js';
import { byteSize } from './byte-size.js';
import { exitCodes } from './exit-codes.js';
import { addAttachCommand } from './attach-command.js';
import { addCacheCommands, cacheMode } from './cache-commands.js';
import { addInspectCommands, addUiCommand, addVerdictCommands } from './inspect-commands.js';
import { gpuNumbers, positive } from './option-values.js';
import { executorNames } from './executor-names.js';
import type { Console, Program } from './program.js';
import type { RunOptions } from './run.js';

const fileAndStages = '[FILE] [STAGE…] [options]';
const wordsHelp =
  'the pipeline file (or its folder), and stages if not all are wanted: detector, or detector[seed=2] of its instances';
const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/**
 * The engine's command line over a program's stage kinds.
 * @param argv the words after the program's name
 * @param signal aborts when the person at the keyboard asks for the end
 * @returns the process's exit code
 */
export async function runCommandLine(
  argv: readonly string[],
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  let exitCode: number = exitCodes.success;
  const line = commands(program, console, signal, (code) => (exitCode = code));
  try {
    await line.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    if (signal.aborted) return exitCodes.interrupted;
    if (error instanceof DiagnosticError) {
      console.error(error.message);
      return exitCodes.usage;
    }
    if (error instanceof UserError) {
      for (const text of [error.message, ...error.details, ...(error.hint ? [error.hint] : [])])
        console.error(text);
      return exitCodes.usage;
    }
    throw error;
  }
}

function commands(
  program: Program,
  console: Console,
  signal: AbortSignal,
  exit: (code: number) => void,
): Command {
  const root = new Command('pipeline')
    .description('Runs pipelines of typed, cached, resumable stages.')
    .version(program.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.out(text.trimEnd()),
      writeErr: (text) => console.error(text.trimEnd()),
    })
    .showSuggestionAfterError();
  const set = [
    '--set <path=value>',
    'change a value of the file for this time, as in vars.frames=140',
  ] as const;
  const store = [
    '--store <folder>',
    'the folder of the store, instead of the one that the file says',
  ] as const;
  const jobs = [
    '--jobs <n>',
    'at most so many jobs at once, and never more than there are CPUs, memory and GPUs for',
  ] as const;
  const gpus = ['--gpus <numbers>', 'use only these GPUs, numbered as by nvidia-smi, as in 0,2'] as const;
  const keepGoing = [
    '--keep-going',
    'after a failure, go on with all that does not need the failed stage',
  ] as const;

  const withFile = (command: Command): Command => command.option(...set, collect, []).option(...store);

  root
    .command('run')
    .description('make what is not there yet')
    .usage(fileAndStages)
    .argument('[words...]', wordsHelp)
    .option(...set, collect, [])
    .option(...jobs, positive)
    .option(...gpus, gpuNumbers)
    .option(...keepGoing)
    .option(...store)
    .option(
      '--fail-on-regression',
      'exit with 1 when a measure is worse than in the last run by more than chance explains',
    )
    .option('--no-overlap', 'do nothing and exit with 3 when another run of this pipeline is going on')
    .option('--json', 'events as lines of JSON')
    .addOption(
      new Option('--executor <executor>', 'where the jobs run; on a cluster, --jobs counts its tasks')
        .choices(executorNames)
        .default('local'),
    )
    .option('--cache <url>', 'look for results there, instead of where the file says')
    .option('--no-cache', 'leave the cache of the file alone')
    .addOption(cacheMode())
    .option('--detach', 'go on without this terminal; `pipeline attach` shows the run again, and ends it')
    .addOption(new Option('--run-id <id>').hideHelp())
    .action(async (words: string[], options: RunOptions) => {
      const { runCommand } = await import('./run.js');
      exit(await runCommand(words, options, program, console, signal));
    });
  addAttachCommand(root, { program, console, signal, exit, withFile });
  for (const [name, description] of [
    ['plan', 'say what would run, and why'],
    ['status', 'say which results are there'],
  ] as const) {
    const forecast = root
      .command(name)
      .description(description)
      .usage(fileAndStages)
      .argument('[words...]', wordsHelp)
      .option(...set, collect, [])
      .option(...store)
      .option('--json', 'as JSON')
      .action(async (words: string[], options: RunFlags) => {
        const { planCommand, statusCommand } = await import('./plan.js');
        exit(await (name === 'plan' ? planCommand : statusCommand)(words, options, program, console, signal));
      });
    if (name === 'plan')
      forecast.option('--cost', 'what it is expected to take of time and disk, by what earlier runs took');
  }
  withFile(root.command('watch'))
    .description('run, and again whenever the pipeline file or a source file has changed')
    .usage(fileAndStages)
    .argument('[words...]', wordsHelp)
    .option(...jobs, positive)
    .option(...gpus, gpuNumbers)
    .option(...keepGoing)
    .action(async (words: string[], options: RunFlags) => {
      const { watchCommand } = await import('./watch.js');
      exit(await watchCommand(words, options, program, console, signal));
    });
  root
    .command('worker')
    .description('do one task of a run on a cluster; the cluster calls this on its nodes')
    .argument('<FOLDER>', 'the folder of the submission, in the store')
    .argument('<INDEX>', 'which of its tasks')
    .action(async (folder: string, index: string) => {
      const { workerCommand } = await import('./worker.js');
      exit(await workerCommand(folder, index, program, console, signal));
    });
  addInspectCommands(root, { program, console, signal, exit, withFile });
  addVerdictCommands(root, { program, console, signal, exit, withFile });
  addUiCommand(root, { program, console, signal, exit, withFile });
  addCacheCommands(root, { program, console, signal, exit, withFile });
  root
    .command('stages')
    .description('list the stage kinds, or print the documentation of one')
    .argument('[KIND]', 'its name, or the path of a stage of your own: ./my-stage.ts')
    .option('--json', 'as JSON')
    .option('--schema', 'the JSON schema of pipeline files')
    .action(async (kind: string | undefined, options: { json?: boolean; schema?: boolean }) => {
      const { stagesCommand } = await import('./stages.js');
      exit(await stagesCommand(kind, options, program, console));
    });
  root
    .command('doctor')
    .description('say what this machine has and what is missing')
    .option('--json', 'as JSON')
    .option(...store)
    .action(async (options: { json?: boolean; store?: string }) => {
      const { runDoctor } = await import('./doctor.js');
      const storeDirectory = resolve(options.store ?? '.pipeline');
      const { exec, env } = localHost(process.cwd(), new Store(storeDirectory), signal);
      const output = { json: options.json ?? false, write: console.out };
      exit(await runDoctor(await program.healthChecks(), { env, exec, storeDirectory }, output));
    });
  root
    .command('init')
    .description('copy a starter into a new folder')
    .argument('<TEMPLATE>')
    .argument('<DIR>')
    .action(async (template: string, directory: string) => {
      const { initCommand } = await import('./init.js');
      exit(await initCommand(template, directory, program, console));
    });
  root
    .command('verify')
    .description('read the whole store again and say what is corrupt')
    .argument('[FILE]', 'the pipeline file (or its folder) whose store is meant')
    .option('--repair', 'move what is corrupt to quarantine/, so that the next run makes it anew')
    .option(...set, collect, [])
    .option(...store)
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, options: StoreFlags) => {
      const { verifyCommand } = await import('./verify.js');
      exit(await verifyCommand(file, options, program, console, signal));
    });
  root
    .command('gc')
    .description('remove what neither the last runs nor pins need')
    .argument('[FILE]', 'the pipeline file (or its folder) whose store is meant')
    .option(
      '--keep-runs <n>',
      'how many runs of each pipeline are kept, with all their results',
      positive,
      10,
    )
    .option(
      '--max-size <size>',
      'keep fewer runs when they need more than this, as in 500GB or 2TiB',
      byteSize,
    )
    .option('--dry-run', 'only say what would be removed')
    .option(...set, collect, [])
    .option(...store)
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, options: StoreFlags & { readonly keepRuns: number }) => {
      const { gcCommand } = await import('./gc.js');
      exit(await gcCommand(file, options, program, console, signal));
    });
  for (const [name, description] of [
    ['pin', 'keep the present results of stages whatever gc does; without a stage, list the pins'],
    ['unpin', 'let gc have the results of stages again'],
  ] as const)
    root
      .command(name)
      .description(description)
      .usage(fileAndStages)
      .argument('[words...]', 'the pipeline file (or its folder), and stages')
      .option(...set, collect, [])
      .option(...store)
      .action(async (words: string[], options: StoreFlags) => {
        const { pinCommand, unpinCommand } = await import('./pin.js');
        exit(await (name === 'pin' ? pinCommand : unpinCommand)(words, options, program, console, signal));
      });
  for (const entry of program.commands ?? [])
    root
      .command(entry.name)
      .description(entry.description)
      // What it takes is known when it is loaded, and it is loaded only when it is called.
      .helpOption(false)
      .allowUnknownOption()
      .argument('[words...]')
      .action(async (words: string[]) => {
        const { runStageCommand } = await import('./stage-command.js');
        const line = new Command(`${root.name()} ${entry.name}`).copyInheritedSettings(root);
        exit(await runStageCommand(entry, words, line, program, console, signal));
      });
  return root;
}

interface StoreFlags {
  readonly set: readonly string[];
  readonly store?: string;
  readonly json?: boolean;
  readonly repair?: boolean;
  readonly maxSize?: number;
  readonly dryRun?: boolean;
}

interface RunFlags {
  readonly cost?: boolean;
  readonly set: readonly string[];
  readonly jobs?: number;
  readonly gpus?: readonly number[];
  readonly keepGoing?: boolean;
  readonly failOnRegression?: boolean;
  readonly json?: boolean;
  readonly store?: string;
}
