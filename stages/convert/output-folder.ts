import { constants, copyFile, link, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { hasErrorCode } from '../../pipeline/core/error-code.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { ImageContent } from '../lib/formats/annotation.js';

/** A folder that is written aside and gets its name when it is complete. */
export class OutputFolder {
  private constructor(
    readonly path: string,
    private readonly aside: string,
    private readonly images: 'copy' | 'link',
  ) {}

  /** @throws UserError when something is there already */
  static async create(path: string, images: 'copy' | 'link'): Promise<OutputFolder> {
    const absolute = resolve(path);
    const present = await readdir(absolute).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return [];
      if (hasErrorCode(error, 'ENOTDIR')) return ['.'];
      throw error;
    });
    if (present.length > 0)
      throw new UserError(`${path} is there already${present[0] === '.' ? '' : ' and is not empty'}.`, {
        hint: 'Name another folder, or remove this one.',
      });
    const aside = join(dirname(absolute), `.${basename(absolute)}.${process.pid}.part`);
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    return new OutputFolder(absolute, aside, images);
  }

  /** A scratch folder that goes when the output is complete or given up. */
  get scratch(): string {
    return `${this.aside}.scratch`;
  }

  /** The path for a file of this name; makes the folders above it. */
  async file(name: string): Promise<string> {
    const path = join(this.aside, name);
    if (relative(this.aside, path).split(sep)[0] === '..')
      throw new UserError(`"${name}" would be written outside of ${this.path}.`);
    await mkdir(dirname(path), { recursive: true });
    return path;
  }

  async placeImage(name: string, content: ImageContent): Promise<void> {
    const path = await this.file(name);
    if (content.type === 'bytes') await writeFile(path, content.bytes);
    else if (this.images === 'copy') await copyFile(content.path, path, constants.COPYFILE_FICLONE);
    else
      try {
        await link(content.path, path);
      } catch (cause) {
        if (!hasErrorCode(cause, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw cause;
        throw new UserError(`${content.path} cannot be linked to ${this.path}.`, {
          hint: 'Hard links need one file system, and rights on the file. Leave --link out to copy.',
          cause,
        });
      }
  }

  /** Gives the folder its name. */
  async complete(): Promise<void> {
    await rm(this.scratch, { recursive: true, force: true });
    await rmdir(this.path).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
    await rename(this.aside, this.path);
  }

  /** Removes what was written. */
  async giveUp(): Promise<void> {
    for (const folder of [this.scratch, this.aside]) await rm(folder, { recursive: true, force: true });
  }
}
