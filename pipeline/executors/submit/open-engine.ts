import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../core/user-error.js';
import type { SubmitOptions } from '../../file/submit-schema.js';
import type { Engine } from './engine.js';
import { engines } from './engines.js';
import { filledWords } from './fill-in.js';
import { submitWords } from './submit-words.js';
import { filledDocument } from './task-document.js';
import { ownValues, taskValues } from './task-values.js';

/** A command of one's own need not print an id. */
const noId = /(?!)/;

/**
 * The engine that a pipeline file's `submit:` speaks of: one of ours, with what the file says in place of its parts,
 * or the file's own. Its words and its document are filled in once, so that a mistake shows before anything runs.
 * @param directory where relative paths start
 * @throws UserError for what is missing or wrong
 */
export async function openEngine(options: SubmitOptions, directory: string): Promise<Engine> {
  const { engine: name, command, id, list, cancel, document, values } = options;
  const base = name === undefined ? undefined : engines[name];
  const words = command ?? base?.command;
  if (!words)
    throw new UserError('`submit:` names neither an engine nor a command.', {
      hint: 'As in `submit: lsf`, or `submit: { command: [my-submit, "{script}", "{index}"] }`.',
    });
  const engine: Engine = {
    name: base?.name ?? String(words[0]),
    command: words,
    id: id === undefined ? (base?.id ?? noId) : pattern(id),
    ...given('list', list ?? base?.list),
    ...given('noneListed', base?.noneListed),
    ...given('cancel', cancel ?? base?.cancel),
    ...given(
      'document',
      document === undefined ? base?.document : { ...base?.document, path: resolve(directory, document) },
    ),
  };
  await tryOut(engine, values);
  return engine;
}

async function tryOut(engine: Engine, values: Readonly<Record<string, string>>): Promise<void> {
  const needs = { resources: { cpu: 1 }, memoryMb: 1024, minutes: 10, excludedNodes: [], options: {}, resumes: false }; // prettier-ignore
  const sample = new Map(taskValues({ nonce: 'darkroom-0', directory: directoryOfSample, needs }, 0, values));
  const { document } = engine;
  if (document) {
    const text = await readFile(document.path, 'utf8').catch((error: unknown) => {
      throw new UserError(`There is no document ${document.path}.`, { details: [String(error)] });
    });
    filledDocument(text, document, sample);
    sample.set('document', document.path);
  }
  const shown = submitWords(engine, sample).join(' ');
  if (!document && !shown.includes(directoryOfSample))
    throw new UserError('The command of `submit:` does not say what is to run.', {
      hint: 'The words {script} and {index} have to be among its words.',
    });
  filledWords(engine.list ?? [], ownValues(values));
  filledWords(engine.cancel ?? [], new Map([...ownValues(values), ['id', '0']]));
}

const directoryOfSample = '/darkroom/submission';

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'm');
  } catch (error) {
    throw new UserError(`The \`id\` of \`submit:\` is no regular expression: ${String(error)}`);
  }
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
