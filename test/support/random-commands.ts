import fc from 'fast-check';

/** A stage that calls a program, for each file that it gets or once for all of them. */
export interface CommandNode {
  readonly name: string;
  /** Of its axis, if it has one: goes with the node wherever it is renamed to. */
  readonly axis: string;
  readonly mode: 'each' | 'whole';
  /** How many nodes back stands the one that it takes from; past the beginning, the sources. */
  readonly from: number;
  /** Put at the end of each file. */
  readonly suffix: number;
  /** The values of its axis, put at the end of each file, too. */
  readonly labels: readonly number[];
  /** The program fails at a content that begins with this digit. */
  readonly failsOn?: number | undefined;
  /** The program fails when it is called for the first time. */
  readonly flaky: boolean;
  readonly retries: number;
  readonly onFailure: 'stop' | 'continue';
}

export interface CommandGraph {
  /** The contents of the files in `in/` by name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly nodes: readonly CommandNode[];
}

const digit = fc.integer({ min: 1, max: 4 });
const labels = fc.uniqueArray(fc.integer({ min: 5, max: 7 }), { maxLength: 2 });
const node = fc.record({
  mode: fc.constantFrom<CommandNode['mode']>('each', 'each', 'whole'),
  from: fc.integer({ min: 1, max: 3 }),
  suffix: digit,
  labels: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: labels }),
  failsOn: fc.option(digit, { freq: 4, nil: undefined }),
  flaky: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  retries: fc.integer({ min: 0, max: 1 }),
  onFailure: fc.constantFrom<CommandNode['onFailure']>('stop', 'continue'),
});
const sourceName = fc.constantFrom('a', 'b', 'c');

export const randomGraph: fc.Arbitrary<CommandGraph> = fc.record({
  sources: fc.dictionary(sourceName, digit.map(String), { minKeys: 1, maxKeys: 3 }),
  nodes: fc
    .array(node, { minLength: 1, maxLength: 4 })
    .map((nodes) => nodes.map((each, index) => ({ ...each, name: `s${index}`, axis: `k${index}` }))),
});

/** What a person does to a graph; `at` is wrapped around. */
export interface GraphEdit {
  readonly what:
    'node' | 'suffix' | 'labels' | 'policy' | 'rename' | 'source' | 'new-source' | 'touch' | 'nothing';
  readonly at: number;
  readonly node: Omit<CommandNode, 'name' | 'axis'>;
  readonly source: string;
}

export const randomGraphEdit: fc.Arbitrary<GraphEdit> = fc.record({
  what: fc.constantFrom<GraphEdit['what']>(
    ...([
      'node',
      'suffix',
      'labels',
      'policy',
      'rename',
      'source',
      'new-source',
      'touch',
      'nothing',
    ] as const),
  ),
  at: fc.nat({ max: 5 }),
  node,
  source: sourceName,
});

export function editedGraph(graph: CommandGraph, { what, at, node: other, source }: GraphEdit): CommandGraph {
  const { nodes, sources } = graph;
  const change = (changes: Partial<CommandNode>): CommandGraph => ({
    ...graph,
    nodes: nodes.map((each, index) => (index === at % nodes.length ? { ...each, ...changes } : each)),
  });
  switch (what) {
    case 'node':
      return change(other);
    case 'suffix':
      return change({ suffix: other.suffix });
    case 'labels':
      return change({ labels: other.labels });
    case 'policy':
      return change({ retries: other.retries, onFailure: other.onFailure });
    case 'rename':
      return change({ name: `renamed-${at}-${other.suffix}-${nodes.length}` });
    case 'source': {
      const name = Object.keys(sources)[at % Object.keys(sources).length] ?? 'a';
      return { ...graph, sources: { ...sources, [name]: String(other.suffix) } };
    }
    case 'new-source':
      return { ...graph, sources: { ...sources, [source]: String(other.suffix) } };
    case 'touch':
    case 'nothing':
      return graph;
  }
}

/** A graph in which no program fails any more. */
export function mended(graph: CommandGraph): CommandGraph {
  return { ...graph, nodes: graph.nodes.map((each) => ({ ...each, failsOn: undefined, flaky: false })) };
}

type Files = Readonly<Record<string, string>>;

/** What an instance of a stage has to be, worked out by other means than the engine's. */
export interface ExpectedInstance {
  readonly name: string;
  /** Below `out/`. */
  readonly folder: string;
  readonly policy: Pick<CommandNode, 'flaky' | 'onFailure'>;
  readonly files: Files;
  /** The calls of its program, as they stand in `made` when they have ended well. */
  readonly calls: readonly string[];
  /** It fails itself, or cannot start because what it takes from fails. */
  readonly state: 'fine' | 'fails' | 'blocked';
}

interface Instance extends ExpectedInstance {
  readonly labels: Readonly<Record<string, number>>;
}

/** Evaluates a graph; the instances in the order of its nodes. */
export function expectedInstances(graph: CommandGraph): readonly ExpectedInstance[] {
  const byNode: (readonly Instance[])[] = [];
  for (const [index, each] of graph.nodes.entries()) {
    const from = byNode[index - each.from];
    const upstream: readonly Pick<Instance, 'labels' | 'files' | 'state'>[] = from ?? [
      { labels: {}, files: graph.sources, state: 'fine' },
    ];
    const own = each.labels.length === 0 ? [undefined] : each.labels;
    byNode.push(
      upstream.flatMap((input) => own.map((label) => instanceOf(each, input, label, from !== undefined))),
    );
  }
  return byNode.flat();
}

function instanceOf(
  node: CommandNode,
  input: Pick<Instance, 'labels' | 'files' | 'state'>,
  label: number | undefined,
  hasInput: boolean,
): Instance {
  const labels = { ...input.labels, ...(label === undefined ? {} : { [node.axis]: label }) };
  const end = `${node.suffix}${label ?? ''}`;
  const pairs = Object.keys(labels)
    .sort()
    .map((axis) => `${axis}=${labels[axis] ?? ''}`)
    .join(',');
  const wanted: Files =
    node.mode === 'each'
      ? input.files
      : {
          all: hasInput
            ? Object.keys(input.files)
                .sort()
                .map((name) => input.files[name])
                .join('')
            : '',
        };
  const fails = Object.values(wanted).some((content) => content.startsWith(String(node.failsOn ?? '-')));
  return {
    name: pairs === '' ? node.name : `${node.name}[${pairs}]`,
    folder: pairs === '' ? node.name : `${node.name}/${pairs}`,
    labels,
    policy: node,
    files: Object.fromEntries(Object.entries(wanted).map(([name, content]) => [name, content + end])),
    calls: Object.entries(wanted).map(([name, content]) => `${variant(node)}:${name}:${content}:${end}`),
    state: input.state !== 'fine' ? 'blocked' : fails ? 'fails' : 'fine',
  };
}

/** Programs of different texts are different to the engine, and so they are here. */
function variant({ mode, failsOn, flaky }: CommandNode): string {
  return `${mode}${failsOn ?? ''}${flaky ? 'f' : ''}`;
}

/** The graph as a file; `reversed` writes stages and keys in the opposite order. */
export function graphText(graph: CommandGraph, reversed: boolean): string {
  const turn = (entries: readonly (readonly [string, unknown])[]): object =>
    Object.fromEntries(reversed ? [...entries].reverse() : entries);
  const stages = graph.nodes.map((each, index) => {
    const from = graph.nodes[index - each.from];
    const label = each.labels.length === 0 ? '' : `\${matrix.${each.axis}}`;
    const read = each.mode === 'each' ? 'c=$(cat "$2")' : from ? 'c=$(cat "$2"/*)' : 'c=';
    const script = [
      read,
      'id="$0:$c:$1"',
      ...(each.flaky ? ['mkdir -p flaky', 'mkdir "flaky/$id" 2>/dev/null && exit 1'] : []),
      ...(each.failsOn === undefined ? [] : [`case "$c" in ${each.failsOn}*) exit 1;; esac`]),
      'printf %s "$c$1" > "$3"',
      'echo "$id" >> made',
    ].join('; ');
    const stem = each.mode === 'each' ? '{stem}' : 'all';
    const input = each.mode === 'each' || from ? '{input}' : '-';
    const params: readonly (readonly [string, unknown])[] = [
      ['run', ['sh', '-c', script, `${variant(each)}:${stem}`, `${each.suffix}${label}`, input, '{output}']],
      ['outputs', stem],
      ['env', ['PATH']],
      ...(each.mode === 'each' ? [['each', from ? '*' : 'in/*'] as const] : []),
    ];
    return [
      each.name,
      turn([
        ['uses', 'command'],
        ['with', turn(params)],
        ...(from ? [['in', { files: from.name }] as const] : []),
        ...(each.labels.length > 0 ? [['matrix', { [each.axis]: each.labels }] as const] : []),
        ['retries', each.retries === 0 ? 0 : { count: each.retries, backoff: '1ms' }],
        ['onFailure', each.onFailure],
      ]),
    ] as const;
  });
  return JSON.stringify({ version: 1, name: 'random', stages: turn(stages) }, null, 1);
}
