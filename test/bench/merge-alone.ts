/** Merges the datasets of the folders named on the command line, and says on one line what it took. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputWriter } from '../../pipeline/stage/artifact.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { readFolder } from '../../pipeline/store/folder-artifact.js';
import { mergeDatasets } from '../../stages/merge/merge-datasets.js';
import { mergeParams, type MergeParams } from '../../stages/merge/params.js';

const [target = '', ...folders] = process.argv.slice(2);
await mkdir(target, { recursive: true });
const datasets = await Promise.all(
  folders.map(async (folder) => ({ name: folder, artifact: await readFolder(folder, 'dataset') })),
);
const references: (readonly [string, unknown])[] = [];
const output: OutputWriter = {
  directory: target,
  path: (name) => Promise.resolve(join(target, name)),
  write: (name, data) => writeFile(join(target, name), data),
  // As the engine does: names are kept until the stage ends.
  reference: (name, content) => void references.push([name, content]),
};
const context = {
  params: mergeParams.parse({}),
  seed: 1,
  signal: new AbortController().signal,
  inputList: () => datasets,
  output: () => output,
  warn: (message: string) => console.error(message),
  log: () => undefined,
  metric: () => undefined,
  progress: () => undefined,
  picture: async () => undefined,
  exhibit: () => Promise.resolve(),
} satisfies Partial<StageContext<MergeParams>>;

const before = process.cpuUsage();
const start = performance.now();
await mergeDatasets(context as unknown as StageContext<MergeParams>);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    images: references.length,
  }),
);
