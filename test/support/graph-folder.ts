import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Store } from '../../pipeline/store/store.js';
import { graphText, type CommandGraph } from './random-commands.js';

/** A folder in which a random graph lies as a pipeline, with what its programs write down of themselves. */
export class GraphFolder {
  constructor(readonly path: string) {}

  /** @param touched gives all sources another time */
  async write(graph: CommandGraph, reversed: boolean, touched: boolean): Promise<void> {
    await mkdir(join(this.path, 'in'), { recursive: true });
    await writeFile(join(this.path, 'pipeline.yaml'), graphText(graph, reversed));
    for (const name of await readdir(join(this.path, 'in')))
      if (!(name in graph.sources)) await rm(join(this.path, 'in', name));
    for (const [name, content] of Object.entries(graph.sources)) {
      const path = join(this.path, 'in', name);
      if ((await readFile(path, 'utf8').catch(() => undefined)) !== content) await writeFile(path, content);
      if (touched) await utimes(path, Date.now() / 1000, Date.now() / 1000 - 100);
    }
  }

  /** The calls of programs that have ended well, in their order. */
  async calls(): Promise<readonly string[]> {
    const text = await readFile(join(this.path, 'made'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Everything that `out/` shows, by path; what the engine marks its views with is left out. */
  async shown(): Promise<Readonly<Record<string, string>>> {
    const out = join(this.path, 'out');
    const shown: Record<string, string> = {};
    for (const entry of await readdir(out, { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile() || entry.name.startsWith('.artifact')) continue;
      const path = join(entry.parentPath, entry.name);
      shown[path.slice(out.length + 1)] = await readFile(path, 'utf8');
    }
    return shown;
  }

  /** The calls of which the store has the results: nobody may make them again. */
  async acknowledged(): Promise<ReadonlySet<string>> {
    const store = new Store(join(this.path, '.pipeline'));
    const calls = new Set<string>();
    for (const key of await store.records.keys()) {
      const record = await store.records.readItem(key);
      const { run } = (record?.parts.item ?? {}) as { readonly run?: readonly string[] };
      const [file] = record?.files ?? [];
      if (!run || !file) continue;
      const [id = '', end = ''] = run.slice(3);
      const content = await readFile(store.blobs.path(file.digest), 'utf8');
      calls.add(`${id}:${content.slice(0, content.length - end.length)}:${end}`);
    }
    return calls;
  }
}
