import { join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import { productRoot } from '../core/product-root.js';
import { failure, success, type Result } from '../core/result.js';

/** What files of the user may import by name although it is installed with the program only: `darkroom`, `zod`. */
export type ProvidedModules = Readonly<Record<string, () => Promise<object>>>;

/** TypeScript and JavaScript modules, by the end of their names. */
export const modulePattern = /\.[mc]?[jt]s$/;

/**
 * Runs a TypeScript or JavaScript module of the user's and gives its default export, as it is now: nothing is taken
 * from an earlier load. What it throws is a diagnostic at its file and line.
 */
export async function loadModule(
  path: string,
  provided: ProvidedModules,
): Promise<Result<unknown, Diagnostic>> {
  const { createJiti } = await import('jiti');
  const virtualModules = Object.fromEntries(
    await Promise.all(Object.entries(provided).map(async ([name, load]) => [name, await load()] as const)),
  );
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules,
  });
  try {
    const module = await jiti.import<Readonly<Record<string, unknown>>>(path);
    const exported = await module['default'];
    if (exported === undefined || exported === null)
      return failure({
        severity: 'error',
        message: `${shown(path)} has no default export.`,
        hint:
          Object.keys(module).length > 0
            ? `It exports ${Object.keys(module).join(', ')}; write export default.`
            : 'Write export default.',
      });
    return success(exported);
  } catch (error) {
    return failure(loadingFailed(path, error));
  }
}

function loadingFailed(path: string, error: unknown): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split('\n');
  const place = placeOf(path, error);
  return {
    severity: 'error',
    message: `${shown(path)} cannot be loaded: ${first.trim()}`,
    ...(place ? { range: { ...place, length: 1 } } : {}),
  };
}

/** Where in a file of the user's an error came up: the topmost line of the stack that is not a package's or Node's. */
function placeOf(
  path: string,
  error: unknown,
): { readonly file: string; readonly line: number; readonly column: number } | undefined {
  if (!(error instanceof Error)) return undefined;
  // The program's own code, and the packages that are bundled with it.
  const compiledFolder = join(productRoot(), 'dist', sep);
  const lines = `${error.message}\n${error.stack ?? ''}`.split('\n');
  for (const line of lines) {
    const [, at, row, column] =
      /^\s*(?:at .*?\(?)?(?:file:\/\/)?(\/[^():]*):(\d+):(\d+)\)?\s*$/.exec(line) ?? [];
    if (at === undefined || at.includes('/node_modules/')) continue;
    if (!modulePattern.test(at) || at === import.meta.filename || at.startsWith(compiledFolder)) continue;
    return { file: shown(resolve(path, at)), line: Number(row), column: Number(column) };
  }
  return undefined;
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
