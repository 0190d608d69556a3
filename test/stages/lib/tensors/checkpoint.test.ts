import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../../../stages/lib/tensors/checkpoint.js';

describe('a checkpoint', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'checkpoint-test-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const checkpoint = {
    state: { step: 7, names: 'a b' },
    vectors: { parameters: Float32Array.from([1, 2.5, -3]), slot0: Float32Array.from([0.1]) },
  };

  it('comes back as it was written', async () => {
    const path = join(folder, 'whole.bin');
    await writeCheckpoint(path, checkpoint);
    const lines: string[] = [];
    expect(await readCheckpoint(path, (line) => lines.push(line))).toEqual(checkpoint);
    expect(lines).toEqual([]);
  });

  it('cut off at any byte counts as none, and the log says so', async () => {
    const path = join(folder, 'cut.bin');
    await writeCheckpoint(path, checkpoint);
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      const lines: string[] = [];
      expect(await readCheckpoint(path, (line) => lines.push(line))).toBeUndefined();
      expect(lines).toHaveLength(1);
    }
  });

  it('that is not there is none, silently', async () => {
    const lines: string[] = [];
    expect(await readCheckpoint(join(folder, 'nothing.bin'), (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([]);
  });
});
