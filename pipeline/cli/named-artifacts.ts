import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../core/user-error.js';
import type { PlannedStage } from '../plan/plan.js';
import { examineStages } from '../run/examine.js';
import { localHost } from '../run/host.js';
import type { ArtifactType } from '../stage/artifact.js';
import type { NamedArtifact } from '../stage/command.js';
import { readFolder } from '../store/folder-artifact.js';
import { Store } from '../store/store.js';
import { fileAndStages, loadPlan, type FileOptions } from './load-plan.js';
import type { Program } from './program.js';

export interface WantedArtifacts {
  readonly types: readonly ArtifactType[];
  /** For each type a file that all its artifacts have. */
  readonly markers: Readonly<Record<ArtifactType, string>>;
}

/**
 * The artifacts that `[FILE] STAGE[.OUTPUT]…` or folders name, out of the store as it is; nothing is made.
 * @throws UserError when there is nothing of the kind
 */
export async function namedArtifacts(
  words: readonly string[],
  wanted: WantedArtifacts,
  options: FileOptions,
  program: Program,
  signal: AbortSignal,
): Promise<readonly NamedArtifact[]> {
  if (words.length === 0)
    throw new UserError('Which stage? Name one of the pipeline file, or a folder with an artifact in it.');
  const folders = words.map((word) => folderType(resolve(word), wanted));
  if (folders.every((type) => type !== undefined))
    return Promise.all(
      words.map(async (word, index) => ({
        label: word,
        artifact: await readFolder(resolve(word), folders[index] ?? ''),
      })),
    );
  const { path, stages: asked } = fileAndStages(words);
  const file = words.slice(0, words.length - asked.length);
  if (asked.length === 0 && !existsSync(path))
    throw new UserError(`${file.join(' ')} holds neither a pipeline file nor an artifact.`, {
      hint: `Such a folder has ${wanted.types.map((type) => `${wanted.markers[type] ?? '?'} (${type})`).join(' or ')}; convert --to darkroom makes one of a dataset in another format.`,
    });
  if (asked.length === 0)
    throw new UserError(`Which stage of ${file.join(' ')}?`, {
      hint: 'Name it after the file: FILE STAGE, or FILE STAGE.OUTPUT.',
    });
  const references = asked.map(splitReference);
  const planned = await loadPlan([...file, ...references.map(({ stage }) => stage)], program, options);
  const store = new Store(planned.storeDirectory);
  const world = { store, host: localHost(planned.plan.file.directory, store, signal) };
  const found: NamedArtifact[] = [];
  for await (const { stage, state } of examineStages(planned.plan, world))
    for (const reference of references.filter(({ stage: name }) => names(stage, name))) {
      const output = chooseOutput(stage, reference.output, wanted.types);
      const artifact = state?.record?.outputs[output];
      if (!artifact)
        throw new UserError(`${stage.name} has no present result.`, {
          hint: `Make it first: pipeline run ${[...file, stage.name].join(' ')}`,
        });
      const several = Object.keys(stage.kind.outputs).length > 1;
      found.push({
        label: several ? `${stage.name}.${output}` : stage.name,
        artifact: store.open(artifact),
      });
    }
  await store.files.save();
  return found;
}

/** The type of artifact that a folder holds, told by the file that marks it. */
function folderType(folder: string, { types, markers }: WantedArtifacts): ArtifactType | undefined {
  return types.find((type) => {
    const marker = markers[type];
    return marker !== undefined && existsSync(join(folder, marker));
  });
}

/** `sets.test` → stage and output; a dot inside the brackets of an instance's name is part of the name. */
function splitReference(word: string): { readonly stage: string; readonly output: string | undefined } {
  const [, stage = word, output] = /^(.*?(?:\[.*\])?)(?:\.([^.\[\]]+))?$/.exec(word) ?? [];
  return { stage, output };
}

function names(stage: PlannedStage, asked: string): boolean {
  return stage.name === asked || stage.name.startsWith(`${asked}[`);
}

function chooseOutput(
  stage: PlannedStage,
  named: string | undefined,
  types: readonly ArtifactType[],
): string {
  const outputs = Object.entries(stage.kind.outputs);
  const fitting = outputs.filter(([, { type }]) => types.includes(type)).map(([name]) => name);
  const list = outputs.map(([name, { type }]) => `${name} (${type})`).join(', ');
  if (named !== undefined) {
    if (fitting.includes(named)) return named;
    throw new UserError(`${stage.name} has no output ${named} of the type ${types.join(' or ')}.`, {
      hint: `Its outputs are ${list}.`,
    });
  }
  const [first, ...others] = fitting;
  if (first === undefined)
    throw new UserError(`${stage.name} gives no ${types.join(' or ')}.`, { hint: `It gives ${list}.` });
  if (others.length > 0)
    throw new UserError(`${stage.name} has several outputs that may be meant: ${fitting.join(', ')}.`, {
      hint: `Say which, as in ${stage.name}.${first}.`,
    });
  return first;
}
