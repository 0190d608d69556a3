import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import { pipelineJsonSchema } from '../file/json-schema.js';
import { exitCodes } from './exit-codes.js';
import type { Console, Program } from './program.js';

const leftOut = ['.pipeline/**', 'out/**', '**/__pycache__/**'];

/** `pipeline init TEMPLATE DIR`: copies a starter into a new or empty folder, with the schema that editors use. */
export async function initCommand(
  template: string,
  target: string,
  program: Program,
  console: Console,
): Promise<number> {
  const root = program.templatesDirectory;
  const found = await fastGlob('*/pipeline.yaml', { cwd: root });
  const templates = found.map((path) => path.slice(0, path.indexOf('/'))).sort();
  if (!templates.includes(template)) {
    const near = nearestName(template, templates);
    throw new UserError(`There is no template ${template}.`, {
      hint: near ? `Did you mean ${near}?` : `There is: ${templates.join(', ')}.`,
    });
  }
  const directory = resolve(target);
  const present = await readdir(directory).catch(() => []);
  if (present.length > 0)
    throw new UserError(`${directory} is not empty; nothing was written.`, { hint: 'Name a new folder.' });
  await mkdir(directory, { recursive: true });
  for (const name of await fastGlob('**/*', { cwd: join(root, template), dot: true, ignore: leftOut }))
    await cp(join(root, template, name), join(directory, name));
  const file = join(directory, 'pipeline.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('$schema=../pipeline.schema.json', '$schema=./pipeline.schema.json'));
  const schema = JSON.stringify(pipelineJsonSchema(await program.stages.load()), null, 2);
  await writeFile(join(directory, 'pipeline.schema.json'), `${schema}\n`);
  console.out(`${directory} is ready: pipeline run ${target}`);
  return exitCodes.success;
}
