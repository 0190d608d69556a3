import { realpath } from 'node:fs/promises';
import { digestOfFile } from '../core/digest.js';
import type { Program } from './program.js';

/**
 * What a worker compares with the run that sent it: the version, and the digest of the program's entry, which names
 * its parts by their contents.
 */
export async function programIdentity({
  version,
}: Pick<Program, 'version'>): Promise<{ readonly version: string; readonly digest: string }> {
  return { version, digest: await digestOfFile(await programEntry()) };
}

/** The program's own file. */
export async function programEntry(): Promise<string> {
  const entry = process.argv[1];
  if (entry === undefined) throw new Error('This process was not started from a file.');
  return realpath(entry);
}
