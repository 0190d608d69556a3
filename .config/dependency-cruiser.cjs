/**
 * Who may import whom. Types and dynamic imports count as imports.
 *
 * The rooms of the engine, the most basic first; each may import itself and what stands before it. `stage` holds
 * the contract that stages are written against: it imports `core` only, and stands early, because events and the
 * store speak of its artifacts and exhibits.
 */
const engineRooms = ['core', 'stage', 'events', 'store', 'file', 'plan', 'executors', 'run'];
const ours = '^(pipeline|stages|test|blender|templates)/';

/** A rule by which files of one place may import, of our own files, only those of some other places. */
const only = (name, comment, fromPath, mayImport, fromPathNot) => ({
  name,
  comment,
  severity: 'error',
  from: { path: fromPath, ...(fromPathNot === undefined ? {} : { pathNot: fromPathNot }) },
  to: { path: ours, pathNot: mayImport },
});

module.exports = {
  forbidden: [
    ...engineRooms.map((room, index) =>
      only(
        `engine-order-${room}`,
        `pipeline/${room} may import only what stands before it: ${engineRooms.slice(0, index).join(', ') || 'nothing'}.`,
        `^pipeline/${room}/`,
        [`^pipeline/(${engineRooms.slice(0, index + 1).join('|')})/`],
      ),
    ),
    only(
      'report-consumes-events',
      'Whoever shows a run to people consumes its events and records, and steers nothing.',
      '^pipeline/report/',
      [
        '^pipeline/(core|events|store|report)/',
        '^pipeline/stage/(exhibit|artifact)\\.ts$',
        // Pure: what differs between two keys, and how people say it.
        '^pipeline/plan/(changes|reasons)\\.ts$',
      ],
    ),
    only(
      'page-watches',
      'The live page reads what runs leave in the store, and asks them to end; the program hands in how one is started.',
      '^pipeline/ui/',
      ['^pipeline/(core|events|store|report|ui)/', '^pipeline/run/cancellations\\.ts$'],
      '^pipeline/ui/client/',
    ),
    only(
      'page-in-the-browser',
      'What runs in the browser is served file by file: of the engine only what is pure, and no package.',
      '^pipeline/ui/client/',
      ['^pipeline/ui/client/', '^pipeline/report/', '^pipeline/events/event\\.ts$'],
    ),
    only(
      'engine-without-stages',
      'The engine knows no stage: the registry is handed in by stages/main.ts.',
      '^pipeline/',
      ['^pipeline/'],
    ),
    only(
      'stage-alone',
      'A stage reaches another stage through an artifact, and the engine through its contract.',
      '^stages/([^/]+)/',
      ['^pipeline/(core|stage)/', '^stages/lib/', '^stages/artifact-types\\.ts$', '^stages/$1/'],
      '^stages/lib/',
    ),
    only('stage-lib-below-stages', 'What stages share knows none of them.', '^stages/lib/', [
      '^pipeline/(core|stage)/',
      '^stages/lib/',
    ]),
    only(
      'program-plugs-in',
      "The program is the engine's command line with our registry plugged in, and nothing more.",
      '^stages/[^/]+\\.ts$',
      ['^pipeline/(core|stage|cli)/', '^stages/'],
    ),
    {
      name: 'stage-door-is-light',
      comment:
        'Every command loads every stage.ts: load what is heavy with `await import(…)` where it is used.',
      severity: 'error',
      from: { path: '^stages/.+/stage\\.ts$' },
      to: {
        path: 'node_modules/(sharp|@tensorflow|vega|vega-lite)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'set-up-without-packages',
      comment: 'The set-up runs before any npm package is there.',
      severity: 'error',
      from: { path: '^blender/setup/' },
      to: { pathNot: '^blender/setup/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'A file that imports nothing and that nobody imports.',
      severity: 'error',
      from: { orphan: true, path: '^(pipeline|stages)/', pathNot: '^stages/main\\.ts$' },
      to: {},
    },
    {
      name: 'part-of-the-program',
      comment:
        'Code that no command and no worker reaches, only tests. Workers are started by their address; export bundles its runner.',
      severity: 'error',
      from: { path: ['^stages/main\\.ts$', 'worker\\.ts$', '^pipeline/ui/client/main\\.ts$'] },
      to: {
        path: '^(pipeline|stages)/',
        pathNot: [
          '^stages/main\\.ts$',
          'worker\\.ts$',
          '^pipeline/ui/client/main\\.ts$',
          '^stages/yolo/export/runner/',
        ],
        reachable: false,
      },
    },
    {
      name: 'no-dev-dependency',
      comment: 'What the program imports is a dependency, not a tool of its developers (their types are).',
      severity: 'error',
      from: { path: '^(pipeline|stages)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'declared-dependency',
      comment: 'A package that package.json does not name, there only because another package needs it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'found',
      comment: 'An import of something that is not there. The native tensor backend is optional.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node-gpu$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/fixtures)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
