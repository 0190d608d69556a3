import type { stageLoaders } from './registry.js';

/** All stage kinds of the program, as one type. */
export type ProgramStage = Awaited<ReturnType<(typeof stageLoaders)[keyof typeof stageLoaders]>>;

type TypesOf<K> = K extends { readonly types?: infer T } ? (T extends { kind: string } ? T : never) : never;
type AnyTypes = TypesOf<ProgramStage>;
type KindName = AnyTypes['kind'];
type KindTypes<K> = Extract<AnyTypes, { kind: K }>;

/** `${vars.NAME}`, `${env.NAME}`, `${matrix.AXIS}`: stands for a value of any type. */
type Reference = `\${${string}}`;
type OrReference<T> = Reference | (T extends object ? { readonly [K in keyof T]: OrReference<T[K]> } : T);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type From = string | readonly string[];

interface CommonEntry {
  /** Makes the stage once for each combination of values: `{ seed: [1, 2] }`, `{ arm: { label: value } }`. */
  readonly matrix?: Readonly<Record<string, readonly Json[] | Readonly<Record<string, Json>>>>;
  /** Gives this stage random choices of its own; without it, the seed of the file decides. */
  readonly seed?: number | Reference;
}

type OptionalInputs<I> = { [K in keyof I]: I[K] extends { optional: true } ? K : never }[keyof I];
type InOf<I> = { readonly [K in Exclude<keyof I, OptionalInputs<I>>]: From } & {
  readonly [K in OptionalInputs<I>]?: From;
};
type MaybeIn<I> = Record<never, never> extends InOf<I> ? { readonly in?: InOf<I> } : { readonly in: InOf<I> };
type MaybeWith<P> =
  Record<never, never> extends P ? { readonly with?: OrReference<P> } : { readonly with: OrReference<P> };

/** A stage of one of the program's kinds, with the types of its inputs and parameters. */
type StageOfKind<K extends KindName> = CommonEntry & { readonly uses: K } & MaybeIn<KindTypes<K>['inputs']> &
  MaybeWith<KindTypes<K>['params']>;

/** A stage of a kind of the user's, given by its path: what it takes is checked when the file is planned. */
interface OwnStage extends CommonEntry {
  readonly uses: `./${string}` | `../${string}`;
  readonly in?: Readonly<Record<string, From>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

type Stage = { [K in KindName]: StageOfKind<K> }[KindName] | OwnStage;

type IsOne<T, U = T> = T extends unknown ? ([U] extends [T] ? true : false) : never;

/** How one may refer to the outputs of type A of the stage N: by its bare name when it has no other. */
type OutputsOfType<N extends string, O, A> = {
  [K in keyof O & string]: O[K] extends { type: A }
    ? `${N}.${K}` | (IsOne<keyof O> extends true ? N : never)
    : never;
}[keyof O & string];

type References<S, A> = {
  [N in keyof S & string]: S[N] extends { uses: infer U }
    ? U extends KindName
      ? OutputsOfType<N, KindTypes<U>['outputs'], A>
      : N | `${N}.${string}`
    : never;
}[keyof S & string];

type Input<S, I> = I extends { type: infer A; many: true }
  ? References<S, A> | Reference | readonly (References<S, A> | Reference)[]
  : I extends { type: infer A }
    ? References<S, A> | Reference
    : never;

/** That each input is taken from an output of its type, of a stage that is there. */
type Connected<S> = {
  readonly [N in keyof S]: S[N] extends { uses: infer U; in: infer I }
    ? U extends KindName
      ? {
          readonly in: {
            readonly [K in keyof I]: Input<S, KindTypes<U>['inputs'][K & keyof KindTypes<U>['inputs']]>;
          };
        }
      : unknown
    : unknown;
};

interface Pipeline<S> {
  readonly version: 1;
  /** What the pipeline is called; by default its folder. */
  readonly name?: string;
  /** All random choices follow from it. */
  readonly seed?: number;
  /** Values for `${vars.NAME}`, for what `--set vars.NAME=…` is to change. */
  readonly vars?: Readonly<Record<string, Json>>;
  /** The environment variables that `${env.NAME}` may stand for. */
  readonly env?: readonly string[];
  /** The folder of the store; by default .pipeline beside the file. */
  readonly store?: string;
  /** The stages by name. */
  readonly stages: S & Connected<S>;
}

/**
 * A pipeline file in TypeScript: `export default definePipeline({ … })`. Gives back what it is given; an editor
 * finds wrong parameters, inputs that are not there and artifacts of the wrong type.
 */
export function definePipeline<const S extends Readonly<Record<string, Stage>>>(
  pipeline: Pipeline<S>,
): Pipeline<S> {
  return pipeline;
}
