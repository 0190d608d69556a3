import { access, constants, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../../pipeline/core/user-error.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import type { CommandItem } from './items.js';
import { fillIn, type CommandParams } from './params.js';

type Context = BatchContext<CommandParams, CommandItem>;

/** Calls the program for one item in a folder of its own and commits what it wrote. */
export async function runCommandItem(item: CommandItem, context: Context): Promise<void> {
  const folder = await mkdtemp(join(context.batchDirectory, 'item-'));
  const out = join(folder, 'out');
  await mkdir(out);
  try {
    const output = item.output === undefined ? undefined : join(out, item.output);
    if (output !== undefined) await mkdir(dirname(output), { recursive: true });
    const input = await placeInput(item, join(folder, 'in'), context);
    const words = context.params.run.map((word) =>
      fillIn(word, {
        out,
        stem: item.stem,
        seed: String(item.seed),
        ...(output === undefined ? {} : { output }),
        ...(input === undefined ? {} : { input }),
      }),
    );
    const [program = '', ...args] = words;
    await context.exec(await findProgram(program, context), args, {
      cwd: context.baseDirectory,
      env: declaredEnvironment(context.params.env),
    });
    await context.commit(item, { files: await writtenFiles(item, out, output) });
  } catch (error) {
    if (context.signal.aborted || !(error instanceof UserError)) throw error;
    context.reject(item, error.message, error.details);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writtenFiles(
  item: CommandItem,
  out: string,
  output: string | undefined,
): Promise<Record<string, string>> {
  if (item.output !== undefined && output !== undefined) {
    const written = await stat(output).catch(() => undefined);
    if (!written?.isFile())
      throw new UserError(`the program ended well, but did not write ${item.output}`, {
        details: [`Expected a file at {output}, or {out}/${item.output}.`],
      });
    return { [item.output]: output };
  }
  const names = (await fastGlob('**/*', { cwd: out, dot: true })).sort();
  if (names.length === 0) throw new UserError('the program ended well, but wrote no file into {out}');
  return Object.fromEntries(names.map((name) => [name, join(out, name)]));
}

/** The item's input file under its own name, or, for the one job, a folder with all files of the input. */
async function placeInput(item: CommandItem, folder: string, context: Context): Promise<string | undefined> {
  if (item.input?.from === 'source') return item.input.path;
  if (!context.hasInput('files')) return undefined;
  const artifact = context.input('files');
  if (item.input) return linkContent(item.input.path, artifact.locate(item.input), folder);
  for await (const file of artifact.files()) await linkContent(file.path, artifact.locate(file), folder);
  return folder;
}

/** A symbolic link: a program cannot change the store's content by accident, its blobs being read-only. */
async function linkContent(name: string, content: string, folder: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(content, path);
  return path;
}

function declaredEnvironment(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** The program's absolute path. The PATH that finds it is ours; the program itself sees it only when declared. */
async function findProgram(name: string, context: Context): Promise<string> {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(context.baseDirectory, name)]
    : (context.host.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable && (await stat(candidate)).isFile()) return candidate;
  }
  throw new UserError(`there is no program ${name}`, {
    details: [
      name.includes('/') ? `Looked for ${candidates.join(', ')}; is it executable?` : 'Looked through PATH.',
    ],
  });
}
