import { availableParallelism } from 'node:os';
import { runProcess } from '../executors/process.js';
import type { Host } from '../stage/context.js';
import type { Store } from '../store/store.js';

/** This machine, as stages may see it before their key is known. */
export function localHost(baseDirectory: string, store: Store, signal: AbortSignal): Host {
  return {
    baseDirectory,
    env: process.env,
    cpuCount: availableParallelism(),
    exec: (file, args, options = {}) => runProcess(file, args, options, { signal, log: () => undefined }),
    remember: (key, compute) => store.facts.remember(key, compute),
    digestOf: async (path) => {
      const [hashed] = await store.files.hash([path]);
      if (!hashed) throw new Error(`no digest of ${path}`);
      return hashed.digest;
    },
  };
}
