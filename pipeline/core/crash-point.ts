/** What the engine writes, each kind with crash points of its own. `file` is any other file (reports, checkpoints). */
const writtenKinds = [
  'item-record',
  'stage-record',
  'item-list',
  'pointer',
  'file-memory',
  'fact',
  'pin',
  'file',
] as const;
const writeSteps = ['before-write', 'before-sync', 'before-rename', 'after-rename'] as const;

/** A kind of file that is written as a whole. */
export type WrittenKind = (typeof writtenKinds)[number];
export type CrashPoint =
  `${WrittenKind}-${(typeof writeSteps)[number]}` | `blob-${(typeof writeSteps)[number]}` | OtherPoint;
type OtherPoint = (typeof otherPoints)[number];

const otherPoints = [
  'view-before-swap',
  'view-between-renames',
  'view-after-swap',
  'work-before-removal',
  'journal-before-open',
  'journal-before-event',
  'journal-before-log',
  'journal-before-progress',
  'journal-before-close',
  'presence-before-announce',
  'presence-after-announce',
  'presence-before-leave',
  'lock-before-take',
  'lock-after-take',
  'lock-before-release',
  'gc-before-sweep',
  'gc-between-records-and-blobs',
  'gc-after-sweep',
  'repair-before-views',
  'repair-before-quarantine',
  'repair-between-records-and-blobs',
  'repair-after-quarantine',
] as const;

/** Every place at which a test can end the process, or let the disk fail. */
export const crashPoints: readonly CrashPoint[] = [
  ...[...writtenKinds, 'blob' as const].flatMap((kind) =>
    writeSteps.map((step): CrashPoint => `${kind}-${step}`),
  ),
  ...otherPoints,
];

interface Fault {
  readonly point: string;
  /** What happens there: the process is killed, or the operating system answers with this code. */
  readonly effect: string;
  /** Passes over this many visits before. */
  skip: number;
}

let armed = parseFault(process.env['DARKROOM_CRASH_AT']);

/**
 * For tests: from now on, what `DARKROOM_CRASH_AT` says at the start of a process. `POINT[:EFFECT][@N]`: at the N-th
 * visit of a point, SIGKILL, or a failure with an error code, as in `blob-before-rename:ENOSPC@3`.
 */
export function armFault(text: string | undefined): void {
  armed = parseFault(text);
}

/** A named place in the write path. Does nothing, unless a test has armed it. @throws the failure that is armed */
export function crashPoint(point: CrashPoint): void {
  if (armed === undefined || armed.point !== point || armed.skip-- > 0) return;
  if (armed.effect === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  else throw Object.assign(new Error(`${armed.effect}: injected at ${point}`), { code: armed.effect });
}

function parseFault(text: string | undefined): Fault | undefined {
  if (text === undefined || text === '') return undefined;
  const [, point = '', effect = 'SIGKILL', visit = '1'] = /^([^:@]+)(?::(\w+))?(?:@(\d+))?$/.exec(text) ?? [];
  if (!(crashPoints as readonly string[]).includes(point))
    throw new Error(`DARKROOM_CRASH_AT names no crash point: ${text}.`);
  return { point, effect, skip: Number(visit) - 1 };
}
