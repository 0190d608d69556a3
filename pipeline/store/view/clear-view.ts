import { lstat, mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { concurrently } from '../../core/concurrently.js';
import { hasErrorCode } from '../../core/error-code.js';
import { markerName, unmark, viewContents } from './marker.js';

/**
 * Removes from a folder what the engine has put there, views below it included, and what is empty then. Files that
 * somebody added or has changed since stay.
 * @returns their paths in the folder, sorted; none when the folder is gone
 */
export async function clearView(folder: string): Promise<readonly string[]> {
  const kept: string[] = [];
  const view = await viewContents(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
  if (view) {
    const inView = folders.length > 0 ? await withoutViews(folders) : { files: [], views: [] };
    const own = new Set(view.own.map((name) => join(folder, name)));
    const all = [...files.filter((path) => !own.has(path)), ...inView.files];
    await concurrently(all, 16, async (path) => {
      const name = relative(folder, path).replaceAll(sep, '/');
      const isOurs = view.files.has(name) && (await lstat(path)).mtimeMs <= view.madeMs;
      if (!isOurs || !(await removed(path))) kept.push(name);
    });
    for (const each of inView.views) kept.push(...(await below(folder, each)));
    await unmark(folder, view);
  } else {
    kept.push(...files.map((path) => relative(folder, path)));
    for (const each of folders) kept.push(...(await below(folder, each)));
  }
  await removeEmpty(folder);
  return kept.sort();
}

/**
 * Clears a folder that another one has taken the place of, and moves what is somebody's own over into that: to the
 * same place, and where that is taken now, beside it with `.kept` at the end of its name.
 */
export async function carryOver(from: string, to: string): Promise<void> {
  for (const name of await clearView(from)) {
    let target = join(to, name);
    for (let number = 1; await isThere(target); number++)
      target = join(to, `${name}.kept${number === 1 ? '' : number}`);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(from, name), target);
  }
  await removeEmpty(from);
}

/** All files below some folders, and the folders below them that are views of their own, which are not looked into. */
async function withoutViews(folders: readonly string[]): Promise<{ files: string[]; views: string[] }> {
  const found: { files: string[]; views: string[] } = { files: [], views: [] };
  const queue = [...folders];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some(({ name }) => name === markerName)) {
      found.views.push(folder);
      continue;
    }
    for (const entry of entries) (entry.isDirectory() ? queue : found.files).push(join(folder, entry.name));
  }
  return found;
}

async function below(folder: string, each: string): Promise<readonly string[]> {
  return (await clearView(each)).map((name) => join(relative(folder, each), name));
}

/** @returns false when this user may not remove it */
async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) return false;
    throw error;
  }
}

/** Removes a folder when it holds nothing but empty folders. */
async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
  await rmdir(folder).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'EACCES', 'EPERM', 'EROFS')) throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
