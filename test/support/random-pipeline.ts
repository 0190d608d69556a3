import fc from 'fast-check';
import { derivedSeed } from '../../pipeline/core/seed.js';

/** A node of a random pipeline of tiny stages, and of command stages over the files of `in/`. */
export interface Node {
  readonly name: string;
  readonly kind: 'number' | 'halves' | 'sums' | 'scaled' | 'draw' | 'pair' | 'command';
  /** Stands for whatever parameter the kind has. */
  readonly value: number;
  /** Earlier nodes, counted back from this one; wrapped around. */
  readonly from: readonly [number, number];
  readonly seed: number;
}

/** What the files of `in/` hold, and the nodes; a node takes from earlier ones only. */
export interface RandomPipeline {
  readonly seed: number;
  readonly sources: readonly number[];
  readonly nodes: readonly Node[];
}

const small = fc.integer({ min: 0, max: 4 });
const node = fc.record({
  kind: fc.constantFrom<Node['kind']>('number', 'halves', 'sums', 'scaled', 'draw', 'pair', 'command'),
  value: small,
  from: fc.tuple(small, small),
  seed: fc.integer({ min: 0, max: 1 }),
});

export const randomPipeline: fc.Arbitrary<RandomPipeline> = fc.record({
  seed: fc.integer({ min: 0, max: 1 }),
  sources: fc.array(small, { minLength: 1, maxLength: 3 }),
  nodes: fc
    .array(node, { minLength: 2, maxLength: 7 })
    .map((nodes) => nodes.map((each, index) => ({ ...each, name: `s${index}` }))),
});

/** A change that a person makes to a pipeline; `at` is wrapped around. */
export interface Edit {
  readonly what:
    'value' | 'rename' | 'rewire' | 'kind' | 'seed' | 'source' | 'add' | 'remove-last' | 'nothing';
  readonly at: number;
  readonly node: Omit<Node, 'name'>;
}

export const randomEdit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom<Edit['what']>(
    ...(['value', 'rename', 'rewire', 'kind', 'seed', 'source', 'add', 'remove-last', 'nothing'] as const),
  ),
  at: fc.nat({ max: 6 }),
  node,
});

export function edited(pipeline: RandomPipeline, { what, at, node: other }: Edit): RandomPipeline {
  const { nodes, sources } = pipeline;
  const change = (changes: Partial<Node>): RandomPipeline => ({
    ...pipeline,
    nodes: nodes.map((each, index) => (index === at % nodes.length ? { ...each, ...changes } : each)),
  });
  switch (what) {
    case 'value':
      return change({ value: other.value });
    case 'rename':
      return change({ name: `renamed-${at}-${other.value}-${nodes.length}` });
    case 'rewire':
      return change({ from: other.from });
    case 'kind':
      return change({ kind: other.kind });
    case 'seed':
      return change({ seed: other.seed });
    case 'source':
      return {
        ...pipeline,
        sources: sources.map((each, index) => (index === at % sources.length ? other.value : each)),
      };
    case 'add':
      return { ...pipeline, nodes: [...nodes, { ...other, name: `added-${nodes.length}` }] };
    case 'remove-last':
      return nodes.length > 1 ? { ...pipeline, nodes: nodes.slice(0, -1) } : pipeline;
    case 'nothing':
      return pipeline;
  }
}

/** The files of an artifact by name. */
type Files = Readonly<Record<string, string>>;

/** What a stage has to make, worked out from scratch by other means than the engine's. */
export interface Expected {
  readonly name: string;
  readonly entry: object;
  /** Equal for stages that have to share a result. */
  readonly identity: string;
  readonly outputs: Readonly<Record<string, Files>>;
}

/** Evaluates a pipeline, in the order of its nodes. */
export function evaluate({ nodes, seed, sources }: RandomPipeline): readonly Expected[] {
  const numbers: { reference: string; files: Files }[] = [];
  const fileSets: { reference: string; files: Files }[] = [];
  const sourceFiles = Object.fromEntries(sources.map((content, index) => [`f${index}`, String(content)]));
  return nodes.map((each): Expected => {
    const taken = each.from.map((back) => numbers[numbers.length - 1 - (back % Math.max(1, numbers.length))]);
    const [first, second] = taken;
    const files = fileSets.at(-1 - (each.from[0] % Math.max(1, fileSets.length)));
    const made = ((): Omit<Expected, 'name' | 'identity'> & { key: unknown } => {
      const number = (value: number): Readonly<Record<string, Files>> => ({ number: { n: String(value) } });
      const plain = (): Omit<Expected, 'name' | 'identity'> & { key: unknown } => ({
        entry: { uses: 'number', with: { value: each.value } },
        key: ['number', each.value],
        outputs: number(each.value),
      });
      if (each.kind === 'command') {
        const run = ['cp', '{input}', '{output}'];
        const params = { each: files ? '*' : 'in/*', run, outputs: '{stem}', env: ['PATH'] };
        const from = files?.files ?? sourceFiles;
        return {
          entry: { uses: 'command', with: params, ...(files ? { in: { files: files.reference } } : {}) },
          key: ['command', files !== undefined, from],
          outputs: { files: from },
        };
      }
      if (each.kind === 'number' || !first || !second) return plain();
      const [a, b] = [Number(first.files['n']), Number(second.files['n'])];
      switch (each.kind) {
        case 'halves':
          return {
            entry: { uses: 'halves', in: { of: first.reference } },
            key: ['halves', a],
            outputs: { low: { n: String(Math.floor(a / 2)) }, high: { n: String(Math.ceil(a / 2)) } },
          };
        case 'sums':
          return {
            entry: { uses: 'sums', in: { numbers: [first.reference, second.reference] } },
            key: ['sums', a, b],
            outputs: number(a + b),
          };
        case 'pair':
          return {
            entry: { uses: 'pair', in: { first: first.reference, second: second.reference } },
            key: ['pair', a, b],
            outputs: number(a - b),
          };
        case 'scaled':
        case 'draw': {
          const random = each.kind === 'draw';
          const own = derivedSeed(seed, each.seed);
          const shared = { uses: each.kind, in: { of: first.reference }, with: { scale: each.value } };
          return {
            entry: { ...shared, seed: each.seed },
            key: [each.kind, a, each.value, random ? own : 0],
            outputs: number(a * each.value + (random ? own % 10 : 0)),
          };
        }
      }
    })();
    for (const [output, outputFiles] of Object.entries(made.outputs)) {
      const reference = Object.keys(made.outputs).length > 1 ? `${each.name}.${output}` : each.name;
      (each.kind === 'command' ? fileSets : numbers).push({ reference, files: outputFiles });
    }
    return { name: each.name, entry: made.entry, outputs: made.outputs, identity: JSON.stringify(made.key) };
  });
}

/** The pipeline as a file; `reversed` writes stages and keys in the opposite order. */
export function fileText(pipeline: RandomPipeline, reversed: boolean): string {
  const turn = (entries: readonly [string, unknown][]): object =>
    Object.fromEntries(reversed ? [...entries].reverse() : entries);
  const stages = turn(
    evaluate(pipeline).map(({ name, entry }) => [name, turn(Object.entries(entry) as [string, unknown][])]),
  );
  return JSON.stringify({ version: 1, seed: pipeline.seed, stages }, null, 1);
}
