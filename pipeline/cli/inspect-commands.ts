import { Option, type Command } from 'commander';
import { UserError } from '../core/user-error.js';
import { graphFormats } from '../report/graph/graph-formats.js';
import type { GraphOptions } from './graph.js';
import type { FileOptions } from './load-plan.js';
import { port } from './option-values.js';
import type { Console, Program } from './program.js';
import type { UiOptions } from './ui.js';

/** What every command that reads a pipeline file is put together with. */
export interface CommandWorld {
  readonly program: Program;
  readonly console: Console;
  readonly signal: AbortSignal;
  readonly exit: (code: number) => void;
  /** Adds `--set` and `--store`. */
  readonly withFile: (command: Command) => Command;
}

type JsonFlags = FileOptions & { readonly json?: boolean };

/** The commands that look at what is there and at what was run, and change nothing. */
export function addInspectCommands(root: Command, world: CommandWorld): void {
  const { program, console, signal, exit, withFile } = world;
  withFile(root.command('why'))
    .description('say why a stage or an item runs, or ran: which file, parameter or stage changed')
    .usage('[FILE] STAGE[/item] [options]')
    .argument('[words...]', 'the pipeline file (or its folder), and a stage, with /item for one of its items')
    .option('--json', 'as JSON')
    .action(async (words: string[], options: JsonFlags) => {
      const { file, operands } = split(words, 'why', ['STAGE[/item]']);
      const { whyCommand } = await import('./why.js');
      exit(await whyCommand(file, operands[0] ?? '', options, program, console, signal));
    });
  withFile(root.command('graph'))
    .description('draw the stages and what goes from one to the other, coloured by what is there')
    .usage('[FILE] [STAGE…] [options]')
    .argument('[words...]', 'the pipeline file (or its folder), and stages if not all are wanted')
    .addOption(
      new Option(
        '--format <format>',
        "for Markdown, for Graphviz or as a picture; by default what --out's ending says, else mermaid",
      ).choices(graphFormats),
    )
    .option('--out <path>', 'write to this file instead of the terminal')
    .action(async (words: string[], options: GraphOptions) => {
      const { graphCommand } = await import('./graph.js');
      exit(await graphCommand(words, options, program, console, signal));
    });
  withFile(root.command('logs'))
    .description('print what a stage printed when it last ran')
    .usage('[FILE] STAGE [options]')
    .argument('[words...]', 'the pipeline file (or its folder), and a stage')
    .option('--run <run>', 'of this run: an id, the beginning of one, last or last~1')
    .option('--follow', 'go on printing until the stage ends')
    .option('--json', 'as JSON')
    .action(async (words: string[], options: JsonFlags & { run?: string; follow?: boolean }) => {
      const { file, operands } = split(words, 'logs', ['STAGE']);
      if (options.json && options.follow)
        throw new UserError('--json and --follow do not go together.', {
          hint: '`pipeline run --json` prints events as they come.',
        });
      const { logsCommand } = await import('./logs.js');
      exit(await logsCommand(file, operands[0] ?? '', options, program, console, signal));
    });
  withFile(root.command('runs'))
    .description('list the runs, the latest first')
    .usage('[FILE] [options]')
    .argument('[words...]', 'the pipeline file (or its folder)')
    .option('--json', 'as JSON')
    .action(async (words: string[], options: JsonFlags) => {
      const { file } = split(words, 'runs', []);
      const { runsCommand } = await import('./runs.js');
      exit(await runsCommand(file, options, program, console));
    });
  withFile(root.command('diff'))
    .description('compare two runs: parameters, inputs, source files, metrics')
    .usage('[FILE] RUN RUN [options]')
    .argument(
      '[words...]',
      'the pipeline file (or its folder), and two runs: ids, beginnings of them, last, last~1',
    )
    .option('--json', 'as JSON')
    .action(async (words: string[], options: JsonFlags) => {
      const { file, operands } = split(words, 'diff', ['RUN', 'RUN']);
      const { diffCommand } = await import('./diff.js');
      exit(await diffCommand(file, [operands[0] ?? '', operands[1] ?? ''], options, program, console));
    });
}

/** The commands that tell what runs came to. */
export function addVerdictCommands(root: Command, world: CommandWorld): void {
  const { program, console, exit, withFile } = world;
  withFile(root.command('report'))
    .description("write a run's page anew, and print its verdict; of the last run where none is named")
    .usage('[FILE] [RUN] [options]')
    .argument(
      '[words...]',
      'the pipeline file (or its folder), and a run: an id, the beginning of one, last, last~1',
    )
    .option('--json', 'the verdict as JSON')
    .action(async (words: string[], options: JsonFlags) => {
      const { reportCommand } = await import('./report.js');
      exit(await reportCommand(words, options, program, console));
    });
  withFile(root.command('history'))
    .description('show how a metric went from run to run; without one, list the metrics')
    .usage('[FILE] [METRIC] [options]')
    .argument('[words...]', 'the pipeline file (or its folder), and a metric: AP50, or verdict/AP50')
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .action(async (words: string[], options: JsonFlags & { csv?: boolean }) => {
      const { historyCommand } = await import('./history.js');
      exit(await historyCommand(words, options, program, console));
    });
}

/** The live page. */
export function addUiCommand(
  root: Command,
  { program, console, signal, exit, withFile }: CommandWorld,
): void {
  withFile(root.command('ui'))
    .description('a page on this machine that shows runs while they happen, and past ones')
    .usage('[FILE] [options]')
    .argument('[words...]', 'the pipeline file (or its folder)')
    .option(
      '--control',
      'let the page start and cancel runs, cancel and retry stages; without, it only shows',
    )
    .option('--port <n>', 'the port on 127.0.0.1; by default one that is free', port)
    .action(async (words: string[], options: UiOptions) => {
      const { file } = split(words, 'ui', []);
      const { uiCommand } = await import('./ui.js');
      exit(await uiCommand(file, options, program, console, signal));
    });
}

/** `[FILE] OPERAND…`: the operands are the last words, so that a folder of a stage's name is not taken for the file. */
function split(
  words: readonly string[],
  command: string,
  operands: readonly string[],
): { readonly file: readonly string[]; readonly operands: readonly string[] } {
  const extra = words.length - operands.length;
  if (extra < 0 || extra > 1) {
    const usage = ['pipeline', command, '[FILE]', ...operands].join(' ');
    throw new UserError(
      `${command} does not know what to do with ${words.length === 0 ? 'no words' : words.join(' ')}.`,
      {
        hint: `It is used like this: ${usage}.`,
      },
    );
  }
  return { file: words.slice(0, extra), operands: words.slice(extra) };
}
