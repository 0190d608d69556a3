import { basename, extname } from 'node:path';
import picomatch from 'picomatch';
import { digestOfBytes, type Digest } from '../../pipeline/core/digest.js';
import type { JsonValue } from '../../pipeline/core/json.js';
import { derivedSeed } from '../../pipeline/core/seed.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { Item, PlanningContext } from '../../pipeline/stage/context.js';
import { fillIn, type CommandParams } from './params.js';

/** One call of the program. */
export interface CommandItem extends Item {
  /** The file that the call is for: a source file (absolute path) or a file of the input artifact (path in it). */
  readonly input?: { readonly from: 'source' | 'artifact'; readonly path: string; readonly digest: Digest };
  /** The input file's name without folder and extension; empty without one. */
  readonly stem: string;
  readonly seed: number;
  /** The output file's name, when `outputs` gives one. */
  readonly output?: string;
}

/** One item for every file of `each`, or the one job. @throws UserError when nothing matches or names collide */
export async function* commandItems(context: PlanningContext<CommandParams>): AsyncIterable<CommandItem> {
  const { each, outputs, run } = context.params;
  if (each === undefined) {
    const needsInput = run.find(
      (word) => word.includes('{stem}') || (word.includes('{input}') && !context.hasInput('files')),
    );
    if (needsInput !== undefined)
      throw new UserError(`run uses ${JSON.stringify(needsInput)}, but there is no input file.`, {
        hint: 'Add each: with a glob, or in: { files: … }.',
      });
    yield {
      id: 'job',
      stem: '',
      seed: derivedSeed(context.seed, 'job'),
      ...(outputs === undefined ? {} : { output: outputs }),
    };
    return;
  }
  const makers = new Map<string, string>();
  let any = false;
  for await (const { name, ...input } of inputFiles(each, context)) {
    any = true;
    const stem = basename(name, extname(name));
    const output = outputs === undefined ? undefined : fillIn(outputs, { stem });
    const other = output === undefined ? undefined : makers.get(output);
    if (other !== undefined)
      throw new UserError(`${other} and ${name} would both make ${String(output)}.`, {
        hint: 'Rename one of them, or narrow each.',
      });
    if (output !== undefined) makers.set(output, name);
    yield {
      id: name,
      input,
      stem,
      seed: derivedSeed(context.seed, name),
      ...(output === undefined ? {} : { output }),
    };
  }
  if (!any) throw new UserError(`No file of the input matches each: ${each}.`);
}

/** All that a call's result depends on: where its files lie is not among it. */
export function commandItemKey(item: CommandItem, context: PlanningContext<CommandParams>): JsonValue {
  const { run, env, each } = context.params;
  return {
    run: run.map((word) => fillIn(word, { stem: item.stem, seed: String(item.seed) })),
    env: environmentDigests(env),
    output: item.output ?? null,
    input:
      item.input?.digest ??
      (context.hasInput('files') && each === undefined ? context.input('files').digest : null),
    program: context.sources('program').map(({ digest }) => digest),
    sources: context.sources('sources').map(({ digest }) => digest),
  };
}

/** Environment variables as they stand in keys: their values may be secrets, and keys are kept in files. */
export function environmentDigests(names: readonly string[]): Readonly<Record<string, Digest | null>> {
  return Object.fromEntries(
    names.map((name) => {
      const value = process.env[name];
      return [name, value === undefined ? null : digestOfBytes(value)];
    }),
  );
}

async function* inputFiles(
  each: string,
  context: PlanningContext<CommandParams>,
): AsyncIterable<{ name: string; from: 'source' | 'artifact'; path: string; digest: Digest }> {
  if (!context.hasInput('files')) {
    for (const { name, path, digest } of context.sources('each'))
      yield { name, from: 'source', path, digest };
    return;
  }
  const matches = picomatch(each.replace(/^(\.\/)+/, ''));
  for await (const { path, digest } of context.input('files').files())
    if (matches(path)) yield { name: path, from: 'artifact', path, digest };
}
