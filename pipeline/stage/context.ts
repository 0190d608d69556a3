import type { Digest } from '../core/digest.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { ArtifactFile, ArtifactReader, OutputWriter } from './artifact.js';
import type { ExhibitToShow } from './exhibit.js';

/** A source file that a stage declared: its content is part of the cache key. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the pattern's base folder, with `/`; this, not the path, stands in the key. */
  readonly name: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What a child process left behind. `exec` throws a ProcessError on a non-zero exit unless `reject` is false. */
export interface ProcessResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** The child's whole environment: nothing is inherited but what stands here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Ends this child alone, as at the end of the run; what it left behind is the result, as after any other end. */
  readonly signal?: AbortSignal;
  /** Non-zero exits throw unless this is false. */
  readonly reject?: boolean;
  /** Called for every line the child prints, as it comes. All lines also go to the stage's log. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** Runs a program in its own process group; the whole group ends when the run is cancelled. No shell. */
export type Exec = (
  file: string,
  args: readonly string[],
  options?: ProcessOptions,
) => Promise<ProcessResult>;

/** What a stage may ask of the machine before its key is known: tool versions, devices. */
export interface Host {
  /** The folder that relative paths in the pipeline file start from. */
  readonly baseDirectory: string;
  /** The variables of this process's environment that a stage may look at to find its tools. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cpuCount: number;
  readonly exec: Exec;
  /** Computes a fact once for a given key (for example a binary's path, size and time) and remembers it in the store. */
  remember<T extends JsonValue>(key: JsonValue, compute: () => Promise<T>): Promise<T>;
  /** The digest of a file, which is hashed once as long as it does not change. @throws UserError when it cannot be read */
  digestOf(path: string): Promise<Digest>;
}

/** An artifact of an input that is declared `named`. */
export interface NamedInput {
  /** `score[arm=mixed,seed=2]`. */
  readonly name: string;
  /** The stage of the file, `score`, and which of its outputs. */
  readonly stage: string;
  readonly output: string;
  /** The labels of the instance on its axes, by axis: `{ arm: 'mixed', seed: '2' }`; empty for a stage without any. */
  readonly axes: Readonly<Record<string, string>>;
  readonly artifact: ArtifactReader;
}

/** What `items` and `itemKey` of a map stage may look at: everything that the key of the stage is made of. */
export interface PlanningContext<P> {
  readonly params: P;
  /** A function of the file's `seed`, of the stage's own `seed`, and of nothing else. */
  readonly seed: number;
  readonly baseDirectory: string;
  /** The declared source files by role, sorted by name. */
  sources(role: string): readonly SourceFile[];
  /** What `tools` of the stage kind returned. */
  readonly tools: JsonObject;
  /** The one artifact bound to this input. @throws when the input is optional and not bound */
  input(name: string): ArtifactReader;
  /**
   * All artifacts bound to a `many` input, in the order of the file; instances of one stage in that of their names.
   * What they are called here, `datasets 2`, says their place only: the key does not know where they come from.
   */
  inputList(name: string): readonly { readonly name: string; readonly artifact: ArtifactReader }[];
  /** The artifacts bound to a `named` input with what they are called, in the order of their names. */
  namedInputs(name: string): readonly NamedInput[];
  hasInput(name: string): boolean;
}

/** What a running stage holds. There is nothing global beside it. */
export interface StageContext<P> extends PlanningContext<P> {
  /** The stage's name in the file: for messages, never for results. */
  readonly stage: string;
  output(name: string): OutputWriter;
  /** The absolute path of any content that an input or an item's result names (never write to it). */
  locate(content: { readonly digest: Digest }): string;
  /** Scratch that survives a crash: the same key finds the same folder with what was left in it. */
  readonly workDirectory: string;
  /** Aborts when the run is cancelled or the stage's time is over; long loops look at it between steps. */
  readonly signal: AbortSignal;
  readonly host: Host;
  /**
   * Numbers of the GPUs that this job has for itself; none when it asked for none. Children see only these, as
   * their CUDA_VISIBLE_DEVICES says; code in this process keeps to them by itself.
   */
  readonly gpus: readonly number[];
  readonly exec: Exec;
  /** How far the stage is; shown with a rate and the time left. */
  progress(progress: {
    readonly done: number;
    readonly total: number;
    readonly unit: string;
    readonly note?: string;
    /** Numbers that are drawn as curves while the stage runs, by name: `{ loss: 2.31 }`. */
    readonly figures?: Readonly<Record<string, number>>;
  }): void;
  /**
   * A picture for whoever watches the run (`pipeline ui`), of what was made just now. It is part of no result, and it
   * is drawn only every few seconds: most calls do nothing. One that cannot be drawn is a line in the log.
   */
  picture(picture: {
    readonly title: string;
    readonly mediaType: 'image/png' | 'image/jpeg';
    readonly draw: () => Promise<Uint8Array>;
  }): Promise<void>;
  /** A line for the stage's log; shown to people who ask for it. */
  log(line: string): void;
  /** Something that was left out, repaired or doubtful. Kept in the record, shown in the terminal and the report. */
  warn(message: string): void;
  /** A number by which runs are compared (`AP50`, `validation/loss`). Kept in the record. */
  metric(name: string, value: number): void;
  /** Something for the report. Kept in the record. */
  exhibit(exhibit: ExhibitToShow): Promise<void>;
}

/** The least that an item is: a name that is unique in its stage, for messages and for the order. */
export interface Item {
  readonly id: string;
}

/** What was committed for an item, in this run or in an earlier one. */
export interface ItemResult<I extends Item = Item> {
  readonly item: I;
  readonly files: readonly ArtifactFile[];
  readonly value: JsonValue;
}

/** What a batch of a map stage holds: the stage's context and the way to hand in finished items. */
export interface BatchContext<P, I extends Item = Item> extends StageContext<P> {
  /** A scratch folder of this batch alone, empty at the start and deleted at the end. */
  readonly batchDirectory: string;
  /**
   * Takes a finished item's files (name in the artifact → absolute path, moved away from there) into the store
   * and writes its record. When this returns, not even a crash loses the item.
   * @param result with `lasting: false` it belongs to this making of the stage alone and has no record: when the
   *   stage is made another time, the item is made anew
   */
  commit(
    item: I,
    result: {
      readonly files: Readonly<Record<string, string>>;
      readonly value?: JsonValue;
      readonly lasting?: boolean;
    },
  ): Promise<void>;
  /**
   * Gives an item up with a message for people, and the last lines of what a program printed; the others go on,
   * and the stage fails at its end.
   */
  reject(item: I, message: string, details?: readonly string[]): void;
}
