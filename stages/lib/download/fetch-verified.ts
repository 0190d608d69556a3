import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../pipeline/core/atomic-file.js';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import { UserError } from '../../../pipeline/core/user-error.js';

const ATTEMPTS = 3;

interface FetchOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * A file of the network with a known digest, out of this machine's cache (XDG_CACHE_HOME/darkroom/downloads) or fetched
 * into it. What is in the cache is hashed again before it is used.
 * @param sha256 in hex
 * @returns its path
 * @throws UserError when it cannot be fetched, or is another file than the digest says
 */
export async function fetchVerified(
  url: string,
  sha256: string,
  { env, signal, log }: FetchOptions,
): Promise<string> {
  const cache = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'darkroom/downloads');
  const path = join(cache, sha256);
  const present = await readFile(path).catch(() => undefined);
  if (present && digestOfBytes(present) === sha256) return path;
  log(`fetching ${url}`);
  const bytes = await fetchBytes(url, signal, log);
  const found = digestOfBytes(bytes);
  if (found !== sha256)
    throw new UserError(`${url} is another file than was expected.`, {
      details: [`expected SHA-256 ${sha256}`, `found    SHA-256 ${found} (${bytes.length} bytes)`],
      hint: 'Check the address; if the new file is meant, give its digest.',
    });
  await writeAtomically(path, bytes);
  return path;
}

async function fetchBytes(
  url: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    let answer: string;
    try {
      const response = await fetch(url, { signal });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      answer = `the server answered ${response.status}`;
      if (response.status < 500) attempt = ATTEMPTS;
    } catch (error) {
      signal.throwIfAborted();
      answer = error instanceof Error ? error.message : String(error);
    }
    if (attempt >= ATTEMPTS)
      throw new UserError(`${url} cannot be fetched: ${answer}.`, {
        hint: 'Check the address and the connection, or fetch it by hand and give its path.',
      });
    log(`attempt ${attempt} failed: ${answer}`);
  }
}
