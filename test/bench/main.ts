/** `npm run bench [-- NAME…]`: figures beside their bars, all measured in this run on this machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adaptation } from './adaptation/adaptation.js';
import type { Bench, Measurement } from './bench.js';
import { detection } from './detection/detection.js';
import { evaluation } from './evaluation.js';
import { farming } from './farm/farming.js';
import { itemCost } from './item-cost.js';
import { merging } from './merging.js';
import { nothingToDo } from './nothing-to-do.js';
import { planning } from './planning.js';
import { rendering } from './rendering/rendering.js';
import { training } from './training.js';

const benches: readonly Bench[] = [
  nothingToDo,
  itemCost,
  planning,
  merging,
  farming,
  evaluation,
  detection,
  training,
  adaptation,
  rendering,
];

async function measure(bench: Bench): Promise<readonly Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  try {
    return await bench.measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(what: string, measured: string, bar: string, met: string): string {
  return `${what.padEnd(52)}${measured.padEnd(58)}${bar.padEnd(16)}${met}`;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  console.log(row('what', 'measured', 'bar', 'ok?'));
  for (const bench of benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    for (const { what, measured, bar, met } of await measure(bench)) {
      console.log(row(what, measured, bar, met === undefined ? '–' : met ? 'yes' : 'NO'));
      if (met === false) process.exitCode = 1;
    }
}
