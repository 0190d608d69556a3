import { mkdir, readFile, rename, rm, writeFile, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir, availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { canonicalJson } from '../../pipeline/core/canonical-json.js';
import { digestOfBytes, digestOfFile, digestOfJson, type Digest } from '../../pipeline/core/digest.js';
import { parseInstanceName } from '../../pipeline/file/instance-name.js';
import { runProcess } from '../../pipeline/executors/process.js';
import { derivedSeed } from '../../pipeline/core/seed.js';
import type { JsonObject, JsonValue } from '../../pipeline/core/json.js';
import type { ArtifactFile, ArtifactReader, OutputWriter } from '../../pipeline/stage/artifact.js';
import type { BatchContext, Exec, Host, Item, ItemResult, SourceFile } from '../../pipeline/stage/context.js';
import type { StageKind } from '../../pipeline/stage/definition.js';
import type { ExhibitToShow } from '../../pipeline/stage/exhibit.js';

/** What a stage showed and said while the harness ran it. */
export interface StageRun {
  readonly outputs: Readonly<Record<string, ArtifactReader>>;
  readonly exhibits: readonly ExhibitToShow[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly rejected: Readonly<Record<string, string>>;
}

export interface StageRequest {
  readonly params: JsonObject;
  readonly inputs?: Readonly<Record<string, ArtifactReader | readonly ArtifactReader[]>>;
  /** What the artifacts of `named` inputs are called, `score[seed=1]`; in the order of the input's list. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly seed?: number;
  readonly baseDirectory?: string;
  readonly workDirectory?: string;
  readonly signal?: AbortSignal;
}

/** An artifact made of a plain folder. */
export async function folderArtifact(type: string, folder: string): Promise<ArtifactReader> {
  const names = (await fastGlob('**/*', { cwd: folder, dot: true })).sort();
  const files: ArtifactFile[] = [];
  for (const path of names) {
    const sizeBytes = (await stat(join(folder, path))).size;
    files.push({ path, digest: await digestOfFile(join(folder, path)), sizeBytes });
  }
  return readerOf(type, files, new Map(files.map((file) => [file.digest, join(folder, file.path)])));
}

function readerOf(type: string, files: readonly ArtifactFile[], paths: Map<Digest, string>): ArtifactReader {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const locate = (content: { readonly digest: Digest }): string => {
    const path = paths.get(content.digest);
    if (path === undefined) throw new Error(`no content ${content.digest}`);
    return path;
  };
  const file = (path: string): Promise<ArtifactFile> => {
    const found = byPath.get(path);
    return found
      ? Promise.resolve(found)
      : Promise.reject(new Error(`no file ${path} in this ${type} artifact`));
  };
  return {
    type,
    digest: digestOfJson(files.map((entry) => [entry.path, entry.digest])),
    fileCount: files.length,
    sizeBytes: files.reduce((sum, entry) => sum + entry.sizeBytes, 0),
    async *files() {
      yield* files;
    },
    file,
    has: (path) => Promise.resolve(byPath.has(path)),
    locate,
    readText: async (path) => readFile(locate(await file(path)), 'utf8'),
    readBytes: async (path) => readFile(locate(await file(path))),
    async *readLines(path) {
      const text = await readFile(locate(await file(path)), 'utf8');
      yield* text.split(/\r?\n/).filter((line) => line !== '');
    },
  };
}

/** What hosts remember: facts about this machine hold for the whole process. */
const facts = new Map<string, JsonValue>();

/** Runs one stage kind in a temporary folder, without a store: nothing is cached, everything is real. */
export async function runStage(kind: StageKind, request: StageRequest): Promise<StageRun> {
  const root = await mkdtemp(join(tmpdir(), 'darkroom-stage-'));
  const baseDirectory = request.baseDirectory ?? root;
  const params = kind.params.parse(request.params);
  const exhibits: ExhibitToShow[] = [];
  const metrics: Record<string, number> = {};
  const warnings: string[] = [];
  const rejected: Record<string, string> = {};
  const signal = request.signal ?? new AbortController().signal;
  const paths = new Map<Digest, string>();
  const references = new Map<string, ArtifactFile[]>();

  const exec: Exec = (file, args, options) =>
    runProcess(
      file,
      args,
      { ...options, env: { PATH: process.env['PATH'] ?? '', ...options?.env } },
      { signal, log: () => undefined },
    );
  const host: Host = {
    baseDirectory,
    env: process.env,
    cpuCount: availableParallelism(),
    exec,
    remember: async (key, compute) => {
      const name = canonicalJson(key);
      if (!facts.has(name)) facts.set(name, await compute());
      return facts.get(name) as Awaited<ReturnType<typeof compute>>;
    },
    digestOf: (path) => digestOfFile(path),
  };
  const sources = new Map<string, SourceFile[]>();
  for (const wanted of kind.sources?.(params, new Set(Object.keys(request.inputs ?? {}))) ?? []) {
    const names = (await fastGlob(wanted.pattern, { cwd: baseDirectory })).sort();
    const found: SourceFile[] = [];
    for (const name of names) {
      const path = resolve(baseDirectory, name);
      found.push({ path, name, digest: await digestOfFile(path), sizeBytes: (await stat(path)).size });
    }
    sources.set(wanted.role, [...(sources.get(wanted.role) ?? []), ...found]);
  }

  for (const { role, path, name } of (await kind.findSources?.(
    params,
    host,
    (role) => sources.get(role) ?? [],
  )) ?? []) {
    const found = { path, name, digest: await digestOfFile(path), sizeBytes: (await stat(path)).size };
    sources.set(role, [...(sources.get(role) ?? []), found]);
  }

  function output(name: string): OutputWriter {
    const directory = join(root, 'outputs', name);
    const path = async (file: string): Promise<string> => {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      return join(directory, file);
    };
    return {
      directory,
      path,
      write: async (file, data) => writeFile(await path(file), data),
      reference: (file, content) => {
        references.set(name, [
          ...(references.get(name) ?? []),
          { path: file, digest: content.digest, sizeBytes: content.sizeBytes },
        ]);
      },
    };
  }
  const list = (name: string): readonly ArtifactReader[] =>
    [request.inputs?.[name] ?? []].flat<readonly (ArtifactReader | readonly ArtifactReader[])[]>();
  const remember = (reader: ArtifactReader): ArtifactReader => ({
    ...reader,
    locate: (content) => {
      const path = reader.locate(content);
      paths.set(content.digest, path);
      return path;
    },
  });
  const batchDirectory = join(root, 'batch');
  const workDirectory = request.workDirectory ?? join(root, 'work');
  for (const folder of [batchDirectory, workDirectory]) await mkdir(folder, { recursive: true });
  for (const name of Object.keys(kind.outputs)) await mkdir(join(root, 'outputs', name), { recursive: true });
  const committed = new Map<string, ItemResult>();
  const context: BatchContext<unknown> = {
    stage: kind.kind,
    params,
    seed: request.seed ?? derivedSeed(1),
    baseDirectory,
    host,
    gpus: [],
    exec,
    signal,
    tools: (await kind.tools?.(params, host)) ?? {},
    sources: (role) => sources.get(role) ?? [],
    input: (name) => {
      const [first] = list(name);
      if (!first) throw new Error(`input ${name} is not bound`);
      return remember(first);
    },
    inputList: (name) =>
      list(name).map((artifact, index) => ({ name: `${name} ${index + 1}`, artifact: remember(artifact) })),
    namedInputs: (name) =>
      list(name)
        .map((artifact, index) => {
          const called = request.names?.[name]?.[index] ?? `${name}-${index + 1}`;
          const { stage, labels } = parseInstanceName(called) ?? { stage: called, labels: {} };
          const output = kind.inputs[name]?.type ?? '';
          return { name: called, stage, output, axes: labels, artifact: remember(artifact) };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    hasInput: (name) => list(name).length > 0,
    output,
    locate: (content) => {
      const path = inputContents(paths, request).get(content.digest);
      if (path === undefined) throw new Error(`no content ${content.digest}`);
      return path;
    },
    workDirectory,
    batchDirectory,
    progress: () => undefined,
    picture: async () => undefined,
    log: () => undefined,
    warn: (message) => void warnings.push(message),
    metric: (name, value) => void (metrics[name] = value),
    exhibit: (exhibit) => Promise.resolve(void exhibits.push(exhibit)),
    commit: async (item, result) => {
      const files: ArtifactFile[] = [];
      for (const [path, absolute] of Object.entries(result.files)) {
        const data = await readFile(absolute);
        const digest = digestOfBytes(data);
        await mkdir(join(root, 'blobs'), { recursive: true });
        await rename(absolute, join(root, 'blobs', digest));
        paths.set(digest, join(root, 'blobs', digest));
        files.push({ path, digest, sizeBytes: data.length });
      }
      committed.set(item.id, { item, files, value: result.value ?? null });
    },
    reject: (item, message) => void (rejected[item.id] = message),
  };

  if (kind.mode === 'whole') await kind.run(context);
  else {
    const items: Item[] = [];
    for await (const item of kind.items(context)) items.push(item);
    for (const item of items) digestOfJson(kind.itemKey(item, context));
    const size = kind.batchSize(params);
    for (let start = 0; start < items.length; start += size)
      await kind.runBatch(items.slice(start, start + size), context);
    const results = async function* (): AsyncIterable<ItemResult> {
      for (const item of items) {
        const result = committed.get(item.id);
        if (result) yield result;
      }
    };
    await kind.collect(results(), context);
  }

  const outputs: Record<string, ArtifactReader> = {};
  for (const [name, spec] of Object.entries(kind.outputs)) {
    const folder = join(root, 'outputs', name);
    const written = await folderArtifact(spec.type, folder);
    const files = [...(references.get(name) ?? [])];
    for await (const file of written.files()) {
      files.push(file);
      paths.set(file.digest, join(folder, file.path));
    }
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    outputs[name] = readerOf(spec.type, files, inputContents(paths, request));
  }
  await rm(batchDirectory, { recursive: true, force: true });
  return { outputs, exhibits, metrics, warnings, rejected };
}

/** Contents come from this run or, by reference, from the inputs. */
function inputContents(paths: Map<Digest, string>, request: StageRequest): Map<Digest, string> {
  const readers = Object.values(request.inputs ?? {}).flat<
    readonly (ArtifactReader | readonly ArtifactReader[])[]
  >();
  const lookup = new Map(paths);
  const get = lookup.get.bind(lookup);
  lookup.get = (digest) => {
    const own = get(digest);
    if (own !== undefined) return own;
    for (const reader of readers) {
      try {
        return reader.locate({ digest });
      } catch {
        continue;
      }
    }
    return undefined;
  };
  return lookup;
}
