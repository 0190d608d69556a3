import type { z } from 'zod';
import type { Digest } from '../core/digest.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { ArtifactType } from './artifact.js';
import type {
  BatchContext,
  Host,
  Item,
  ItemResult,
  PlanningContext,
  SourceFile,
  StageContext,
} from './context.js';

export interface InputSpec {
  readonly type: ArtifactType;
  /** Takes a list of artifacts; otherwise exactly one. */
  readonly many?: boolean;
  /**
   * By which stage and under which axis values the artifacts were made matters to the result (a table has a row for
   * each): then these names are part of the key, and `namedInputs` hands them out. Otherwise nobody gets to know
   * them, and renaming a stage re-runs nothing.
   */
  readonly named?: boolean;
  readonly optional?: boolean;
  readonly description: string;
}

export interface OutputSpec {
  readonly type: ArtifactType;
  readonly description: string;
}

/** Source files that a stage reads beside its inputs. They are hashed before it runs; they are part of its key. */
export interface SourceRequest {
  /** What the stage calls them: `scene`, `textures`, `images`. */
  readonly role: string;
  /** A path or glob, relative to the pipeline file's folder (or absolute). */
  readonly pattern: string;
  /** No match is an error that points at this path in the stage's params. */
  readonly required: boolean;
  /** Where in `with` the pattern stands, for the diagnostic: ['scene']. */
  readonly param: readonly (string | number)[];
  /** The names of these files matter to the result (outputs are called after them); by default only contents do. */
  readonly named?: boolean;
}

/** A source file that no pattern names: only an outside tool knows that the stage reads it. */
export interface FoundSource {
  readonly role: string;
  /** Absolute. */
  readonly path: string;
  /** What it is called in the key: the same on every machine. */
  readonly name: string;
}

/** A file that a stage kind of the user's is written in. */
export interface KindModule {
  /** Absolute. */
  readonly path: string;
  /** Its place beside the first one: `upper.ts`, `../shared/words.ts`. */
  readonly name: string;
  readonly digest: Digest;
}

/** What a job needs of the machine; never more at once than there is. */
export interface Resources {
  /** CPU slots of one job (a whole stage, or one batch of a map stage). */
  readonly cpu: number;
  readonly memoryMb?: number;
  readonly gpu?: number;
  /** GPUs that the job takes where the machine has them; where it has none, the job runs without. */
  readonly gpuIfAny?: number;
}

interface StageKindBase<P> {
  /** What `uses` names: `render`, `yolo/train`. */
  readonly kind: string;
  /**
   * What stands for the kind in keys instead of its name: the digest of its source, for kinds that users bring along.
   */
  readonly identity?: string;
  /** The files of that source. */
  readonly modules?: readonly KindModule[];
  /** One sentence for `pipeline stages`. */
  readonly summary: string;
  /** Raised whenever the outputs would change for the same inputs. */
  readonly revision: number;
  /** Every property described: the schema is the documentation. Objects are strict. */
  readonly params: z.ZodType<P>;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** A stage with one output is referred to by its bare name, one with several by `stage.output`. */
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  /** `s3://` and `azblob://` in its params name source files: what it sees are the paths of their copies. */
  readonly takesBucketUrls?: boolean;
  /** False when no randomness goes into the result: then another seed re-runs nothing. */
  seeded(params: P): boolean;
  resources?(params: P): Resources;
  /** Pure: which files the stage reads, given which of its inputs are bound. */
  sources?(params: P, boundInputs: ReadonlySet<string>): readonly SourceRequest[];
  /**
   * Further files that the stage reads and that only an outside tool can name (what a .blend links to), and whatever
   * of the params can be checked against the files that `sources` named. Asked whenever the key is made: remember
   * the answer with `host.remember`.
   * @throws ParamsError pointing at what is wrong
   */
  findSources?(
    params: P,
    host: Host,
    sources: (role: string) => readonly SourceFile[],
  ): Promise<readonly FoundSource[]>;
  /** The params as they stand in the key, where some of them (paths, worker counts) must not. Default: all. */
  keyParams?(params: P): JsonValue;
  /**
   * Versions of outside tools that the result depends on (Blender's build hash, the tensor backend).
   * @throws ParamsError pointing at what this machine cannot do, UserError with what to install when a tool is missing
   */
  tools?(params: P, host: Host): Promise<JsonObject>;
  /** False when these tools leave the GPUs alone that `resources` would take if there are any. Default: true. */
  usesGpuIfAny?(tools: JsonObject): boolean;
}

/** A stage kind that runs as one job. */
export interface WholeStageKind<P = unknown> extends StageKindBase<P> {
  readonly mode: 'whole';
  run(context: StageContext<P>): Promise<void>;
}

/** A stage kind that makes many items alike (frames, images), each cached for itself. */
export interface MapStageKind<P = unknown, I extends Item = Item> extends StageKindBase<P> {
  readonly mode: 'map';
  /** All items in order, streamed. Deterministic: a function of the planning context. */
  items(context: PlanningContext<P>): AsyncIterable<I>;
  /** All that the item's result depends on, beside kind, revision and tools. Never its id or a path. */
  itemKey(item: I, context: PlanningContext<P>): JsonValue;
  /** At most this many items a batch. */
  batchSize(params: P): number;
  /** Makes the items; every one is committed or rejected. A thrown error fails those that are left. */
  runBatch(items: readonly I[], context: BatchContext<P, I>): Promise<void>;
  /** Makes the outputs of all items' results, which come in the order of `items`. */
  collect(results: AsyncIterable<ItemResult<I>>, context: StageContext<P>): Promise<void>;
}

export type StageKind = WholeStageKind | MapStageKind;

/**
 * What a definition says of its kind, for the compiler only: pipeline files in TypeScript are checked against it.
 * No value carries it.
 */
export interface KindTypes<K extends string, P, I extends Inputs, O extends Outputs> {
  readonly types?: { readonly kind: K; readonly params: P; readonly inputs: I; readonly outputs: O };
}

type Inputs = Readonly<Record<string, InputSpec>>;
type Outputs = Readonly<Record<string, OutputSpec>>;
type Described = 'mode' | 'kind' | 'params' | 'inputs' | 'outputs';
interface Description<K, S, I, O> {
  readonly kind: K;
  readonly params: S;
  readonly inputs: I;
  readonly outputs: O;
}

/**
 * Types a definition's parts against each other and forgets the parameters, so that kinds fit in one registry.
 * Without type arguments, the kind's name, parameters and artifacts stay known to pipeline files in TypeScript.
 */
export function defineStage<
  const K extends string,
  S extends z.ZodType,
  const I extends Inputs,
  const O extends Outputs,
>(
  kind: Omit<WholeStageKind<z.output<S>>, Described> & Description<K, S, I, O>,
): WholeStageKind & KindTypes<K, z.input<S>, I, O>;
export function defineStage<P>(kind: Omit<WholeStageKind<P>, 'mode'>): WholeStageKind;
export function defineStage(kind: Omit<WholeStageKind, 'mode'>): WholeStageKind {
  return { ...kind, mode: 'whole' };
}

/** As defineStage, for a kind that works item by item. */
export function defineMapStage<
  const K extends string,
  S extends z.ZodType,
  const I extends Inputs,
  const O extends Outputs,
  T extends Item,
>(
  kind: Omit<MapStageKind<z.output<S>, T>, Described> & Description<K, S, I, O>,
): MapStageKind & KindTypes<K, z.input<S>, I, O>;
export function defineMapStage<P, I extends Item>(kind: Omit<MapStageKind<P, I>, 'mode'>): MapStageKind;
export function defineMapStage(kind: Omit<MapStageKind, 'mode'>): MapStageKind {
  return { ...kind, mode: 'map' };
}
