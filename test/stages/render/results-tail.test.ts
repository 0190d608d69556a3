import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ResultsTail } from '../../../stages/render/results-tail.js';

test('lines are read once, wherever the file was cut while they were written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-tail-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const text = Buffer.from(
    ['{"event":"ready"}', '{"event":"started","id":"Ünï"}', '{"event":"started","id":"b"}', ''].join('\n'),
  );
  for (let cut = 0; cut <= text.length; cut++) {
    const path = join(folder, `results-${cut}.jsonl`);
    const tail = new ResultsTail(path);
    expect(await tail.read()).toEqual([]);
    await writeFile(path, text.subarray(0, cut));
    const first = await tail.read();
    await appendFile(path, text.subarray(cut));
    const lines = [...first, ...(await tail.read())];
    expect(lines.map((line) => ('id' in line ? line.id : line.event))).toEqual(['ready', 'Ünï', 'b']);
    expect(await tail.read()).toEqual([]);
  }
});
