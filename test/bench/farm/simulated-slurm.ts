/**
 * A cluster of a thousand nodes as a process: `simulated-slurm.js SPOOL SCALE`. Shims of Slurm's commands leave
 * submissions in SPOOL and print SPOOL/queue; tasks wait, run, fail and leave their results as workers would, SCALE
 * times as fast as they should. Ends with SPOOL/end, and then says what the controller's CPUs have done meanwhile.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TaskResult } from '../../../pipeline/executors/farm/task-files.js';
import { fateOf } from './simulated-task.js';

const tickMs = 50;
/** Ticks of the CPU clock in a second, as Linux tells them to everybody. */
const clockTicks = 100;
const keptSeconds = 300;
const beatSeconds = 60;

interface Task {
  readonly nonce: string;
  readonly index: number;
  readonly folder: string;
  readonly node: string;
  readonly items: readonly string[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly isLost: boolean;
  beatAt: number;
  state: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'NODE_FAIL';
}

interface CpuTimes {
  /** Seconds of the process itself, and of the commands that it called. */
  readonly own: number;
  readonly calls: number;
}

const [spool = '', scaleText = '1'] = process.argv.slice(2);
const scale = Number(scaleText);
const begunMs = performance.now();
const now = (): number => ((performance.now() - begunMs) / 1000) * scale;
const tasks: Task[] = [];
let [nodes, ended, lost, mostInFlight, controller] = [0, 0, 0, 0, 0];
let first: (CpuTimes & { readonly at: number }) | undefined;
let last: (CpuTimes & { readonly at: number }) | undefined;

function takeSubmissions(): void {
  for (const name of readdirSync(spool).filter((each) => each.endsWith('.job'))) {
    const path = join(spool, name);
    const [parent = '', ...words] = readFileSync(path, 'utf8').split('\n');
    rmSync(path);
    controller = Number(parent);
    first ??= { ...cpuTimes(), at: now() };
    const value = (option: string): string =>
      words.find((word) => word.startsWith(`--${option}=`))?.slice(option.length + 3) ?? '';
    for (const index of indicesOf(value('array'))) add(value('chdir'), index);
  }
}

function add(directory: string, index: number): void {
  const folder = join(directory, String(index));
  const { items } = JSON.parse(readFileSync(join(folder, 'task.json'), 'utf8')) as { items: string[] };
  const nonce = basename(directory);
  const { waits, runs, isLost } = fateOf(`${nonce} ${index}`, items.length);
  const startsAt = now() + waits;
  const node = `n${nodes++ % 1000}`;
  tasks.push({ nonce, index, folder, node, items, startsAt, endsAt: startsAt + runs, isLost, beatAt: 0, state: 'PENDING' }); // prettier-ignore
}

function goOn(task: Task): void {
  if (task.state === 'PENDING' && now() >= task.startsAt) task.state = 'RUNNING';
  if (task.state !== 'RUNNING') return;
  if (now() < task.endsAt) {
    if (now() < task.beatAt) return;
    task.beatAt = now() + beatSeconds;
    const done = Math.floor((task.items.length * (now() - task.startsAt)) / (task.endsAt - task.startsAt));
    write(join(task.folder, 'heartbeat.json'), { atMs: Date.now(), node: task.node, done });
    return;
  }
  task.state = task.isLost ? 'NODE_FAIL' : 'COMPLETED';
  ended++;
  if (task.isLost) lost++;
  else write(join(task.folder, 'result.json'), resultOf(task));
  last = { ...cpuTimes(), at: now() };
}

function resultOf({ nonce, node, items, startsAt, endsAt }: Task): TaskResult {
  return {
    version: 1,
    nonce,
    node,
    tookMs: 1000 * (endsAt - startsAt),
    failedItems: [],
    made: [],
    // More for the controller to read and to hold than the ids that workers mostly tell.
    unrecorded: items.map((id) => ({ id, files: [], value: { width: 416, height: 416 } })),
    exhibits: [],
    metrics: {},
    warnings: [],
  };
}

function writeQueue(): void {
  const lines = tasks.map(({ nonce, index, state, node }) => `${nonce}|1_${index}|${state}|${node}`);
  writeFileSync(join(spool, 'queue.new'), `${lines.join('\n')}\n`);
  renameSync(join(spool, 'queue.new'), join(spool, 'queue'));
}

function write(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}

/** `0-2,5` */
function indicesOf(ranges: string): number[] {
  return ranges.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  });
}

function cpuTimes(): CpuTimes {
  const fields = readFileSync(`/proc/${controller}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const seconds = (position: number): number => Number(fields[position]) / clockTicks;
  return { own: seconds(11) + seconds(12), calls: seconds(13) + seconds(14) };
}

while (!existsSync(join(spool, 'end'))) {
  takeSubmissions();
  for (const task of tasks) goOn(task);
  const old = now() - keptSeconds;
  for (let i = tasks.length - 1; i >= 0; i--) {
    const task = tasks[i];
    if (task && task.state !== 'PENDING' && task.state !== 'RUNNING' && task.endsAt < old) tasks.splice(i, 1);
  }
  const inFlight = tasks.filter(({ state }) => state === 'PENDING' || state === 'RUNNING').length;
  mostInFlight = Math.max(mostInFlight, inFlight);
  writeQueue();
  await pause(tickMs);
}
const spent = (which: keyof CpuTimes): number => (last?.[which] ?? 0) - (first?.[which] ?? 0);
const seconds = (last?.at ?? 0) - (first?.at ?? 0);
process.stdout.write(JSON.stringify({ ended, lost, mostInFlight, seconds, ownCpu: spent('own'), callsCpu: spent('calls') })); // prettier-ignore
