import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../../pipeline/events/event.js';
import { Journal } from '../../../pipeline/events/journal.js';
import { listRuns, parseJournal, readJournal } from '../../../pipeline/events/read-journal.js';
import { pastRun } from '../../../pipeline/report/past-run.js';

const events: readonly RunEvent[] = [
  {
    type: 'run-started',
    runId: 'r',
    pipeline: 'p',
    file: '/p.yaml',
    seed: 1,
    stages: [
      { name: 'a', kind: 'render' },
      { name: 'b', kind: 'render' },
    ],
    atMs: 1000,
  },
  { type: 'stage-reused', stage: 'a', key: 'k', outputs: {}, atMs: 1001 },
  { type: 'stage-started', stage: 'b', key: 'l', reasons: ['größer: 1 → 2'], atMs: 1002 },
  { type: 'stage-items', stage: 'b', total: 3, reused: 1, atMs: 1003 },
  { type: 'item-failed', stage: 'b', item: '2', message: 'no', atMs: 1004 },
  { type: 'stage-failed', stage: 'b', tookMs: 4, message: 'no', details: ['x'], atMs: 1006 },
  { type: 'run-finished', outcome: 'failed', tookMs: 8, atMs: 1008 },
];

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a journal that is read back', () => {
  it('holds the events that were written', async () => {
    const directory = await temporary();
    const journal = await Journal.open(directory);
    for (const event of events) journal.write(event);
    await journal.close();
    expect(await readJournal(directory)).toEqual(events);
    expect(await readJournal(join(directory, 'missing'))).toEqual([]);
  });

  it('gives, cut at any byte, the events that are whole, and never an end that it did not reach', async () => {
    const directory = await temporary();
    const journal = await Journal.open(directory);
    for (const event of events) journal.write(event);
    await journal.close();
    const bytes = await readFile(join(directory, 'journal.ndjson'));
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      // A line's last brace makes it whole, with or without the line's end after it.
      const whole = events.filter((_, index) => {
        const end = events
          .slice(0, index + 1)
          .reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)) + 1, -1);
        return end <= length;
      });
      const read = parseJournal(cut.toString('utf8'));
      expect(read).toEqual(whole);
      expect(parseJournal(cut.toString('utf8'))).toEqual(read);
      expect(pastRun(read)?.outcome).toBe(
        whole.length === 0 ? undefined : whole.length === events.length ? 'failed' : 'killed',
      );
    }
  });

  it('passes over lines that are no events', () => {
    const lines = [
      'null',
      '17',
      '{"type":"toString","atMs":1}',
      '{"type":"stage-reused","atMs":1}',
      '{"type":"run-finished","outcome":"splendid","tookMs":1,"atMs":1}',
      '{"type":"of a later version","atMs":1}',
    ];
    expect(parseJournal([...lines, JSON.stringify(events[1])].join('\n'))).toEqual([events[1]]);
  });

  it('says of a stage that had begun and not ended that it was interrupted, and how long the run is known to go', () => {
    const run = pastRun(events.slice(0, 4));
    expect(run).toMatchObject({ outcome: 'killed', tookMs: 3, startedMs: 1000 });
    expect([...(run?.stages.values() ?? [])].map(({ state }) => state)).toEqual(['cached', 'interrupted']);
  });

  it('finds no run in a store that has none', async () => {
    expect(await listRuns(join(await temporary(), 'runs'))).toEqual([]);
  });
});
