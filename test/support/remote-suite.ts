import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PatientRemote } from '../../pipeline/store/remotes/patient-remote.js';
import { usualPatience } from '../../pipeline/store/remotes/patience.js';
import type { Remote } from '../../pipeline/store/remotes/remote.js';

interface OpenRemote {
  readonly remote: Remote;
  readonly close: () => Promise<void>;
}

/** What holds for every place of objects: a folder, a bucket, a container. */
export function describeRemote(name: string, open: () => Promise<OpenRemote>): void {
  describe(`${name}, as every remote,`, () => {
    const { signal } = new AbortController();
    let opened: OpenRemote;
    let folder: string;
    beforeAll(async () => {
      opened = await open();
      folder = await mkdtemp(join(tmpdir(), 'darkroom-remote-'));
    });
    afterAll(async () => {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    });
    const read = async (object: string, offset = 0): Promise<string | undefined> => {
      const stream = await opened.remote.read(object, { signal, offset });
      return stream && (await buffer(stream)).toString();
    };

    it('gives back what was written, from its beginning and from a byte on', async () => {
      await opened.remote.write('a/one', { bytes: Buffer.from('0123456789') }, signal);
      expect([await read('a/one'), await read('a/one', 4)]).toEqual(['0123456789', '456789']);
      expect(await opened.remote.size('a/one', signal)).toBe(10);
    });

    it('takes files, and another object in the place of one', async () => {
      await writeFile(join(folder, 'file'), 'first');
      await opened.remote.write('b', { path: join(folder, 'file'), sizeBytes: 5 }, signal);
      await opened.remote.write('b', { bytes: Buffer.from('second') }, signal);
      expect(await read('b')).toBe('second');
    });

    it('has nothing that nobody wrote', async () => {
      expect([await read('nothing'), await opened.remote.size('nothing', signal)]).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('lists what begins with a text, with sizes, and an etag that changes with the object', async () => {
      await opened.remote.write('list/x', { bytes: Buffer.from('12') }, signal);
      await opened.remote.write('list/y/z', { bytes: Buffer.from('3') }, signal);
      const list = async (): Promise<Map<string, { sizeBytes: number; etag: string }>> => {
        const found = new Map<string, { sizeBytes: number; etag: string }>();
        for await (const { name: object, ...facts } of opened.remote.list('list/', signal))
          found.set(object, facts);
        return found;
      };
      const before = await list();
      expect([...before].map(([object, { sizeBytes }]) => [object, sizeBytes]).sort()).toEqual([
        ['list/x', 2],
        ['list/y/z', 1],
      ]);
      await opened.remote.write('list/x', { bytes: Buffer.from('21') }, signal);
      const after = await list();
      expect(after.get('list/x')?.etag).not.toBe(before.get('list/x')?.etag);
      expect(after.get('list/y/z')?.etag).toBe(before.get('list/y/z')?.etag);
    });

    it('goes on with a transfer where it ended', async () => {
      const path = join(folder, 'part');
      await opened.remote.write('large', { bytes: Buffer.alloc(300_000, 'abc') }, signal);
      await writeFile(path, Buffer.alloc(200_000, 'abc'));
      const patient = new PatientRemote(opened.remote, usualPatience, signal);
      expect(await patient.download('large', path, { sizeBytes: 300_000 })).toBe(true);
      expect((await readFile(path)).equals(Buffer.alloc(300_000, 'abc'))).toBe(true);
    });
  });
}
