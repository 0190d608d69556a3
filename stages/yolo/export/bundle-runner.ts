import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The program that runs an exported model, in one file: our own letterbox, resampling and suppression, and the
 * decoders of JPEG and PNG with their licences; only onnxruntime-node stays outside. The same bytes every time.
 */
export async function bundleRunner(): Promise<string> {
  const { build } = await import('esbuild');
  const entry = ['./runner/detect.js', './runner/detect.ts']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (entry === undefined) throw new Error('runner/detect is missing from this installation');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['onnxruntime-node'],
    legalComments: 'inline',
    // jpeg-js is CommonJS and asks for Buffer, which is there.
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('esbuild gave no file');
  return file.text;
}
