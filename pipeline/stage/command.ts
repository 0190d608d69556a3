import type { z } from 'zod';
import type { ArtifactReader, ArtifactType } from './artifact.js';
import type { Exec } from './context.js';

/** An artifact that a command was pointed to. */
export interface NamedArtifact {
  /** How to call it: `sets.test`, `detector[seed=2]`, or the folder. */
  readonly label: string;
  readonly artifact: ArtifactReader;
}

/** What a command may use of the machine and of the store. */
export interface CommandHost {
  readonly console: { readonly out: (line: string) => void; readonly error: (line: string) => void };
  /** Aborts when the person at the keyboard asks for the end. */
  readonly signal: AbortSignal;
  /** Where relative paths start from. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cpuCount: number;
  readonly exec: Exec;
  /**
   * The present artifacts that words name: `[FILE] STAGE[.OUTPUT]…` out of the store (a stage with a matrix stands
   * for all its instances), or a folder that holds an artifact's files.
   * @param types the artifact types that the command can use; an output of a stage that is not named is chosen by them
   * @param marker a file that every such artifact has: a folder with it is taken for one
   * @throws UserError when a stage has no present result, or none of these types
   */
  artifacts(
    words: readonly string[],
    types: readonly ArtifactType[],
    marker?: Readonly<Record<ArtifactType, string>>,
  ): Promise<readonly NamedArtifact[]>;
}

/**
 * A command that stages bring along: `pipeline <name> …`. Its options are a strict zod object whose properties are
 * booleans (`--link`), strings, numbers, choices or lists of them (given repeatedly); every property has a description.
 */
export interface StageCommand<S extends z.ZodObject = z.ZodObject> {
  /** The words that it takes, for its help: `[FILE] STAGE[.OUTPUT]`. */
  readonly words: string;
  readonly wordsHelp: string;
  readonly options: S;
  /** @returns the exit code: 0, or 1 when what was asked for was not reached. @throws UserError for wrong words */
  run(words: readonly string[], options: z.output<S>, host: CommandHost): Promise<number>;
}

/** A command's name and what it is for; the rest is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  load(): Promise<StageCommand>;
}

/** Types a command's run against its options, and forgets them, so that commands fit in one list. */
export function defineCommand<S extends z.ZodObject>(command: StageCommand<S>): StageCommand {
  return command;
}
