import { fileURLToPath } from 'node:url';
import { UserError } from '../../core/user-error.js';

/** Where a remote is, as its URL says. */
export type RemoteAddress =
  | { readonly scheme: 'file'; readonly folder: string }
  | { readonly scheme: 's3'; readonly bucket: string; readonly prefix: string }
  | {
      readonly scheme: 'azblob';
      readonly account: string;
      readonly container: string;
      readonly prefix: string;
    };

const remoteUrlForms = 'file:///folder, s3://bucket/prefix or azblob://account/container/prefix';

const bucketScheme = /^(s3|azblob):\/\//;

/**
 * Takes a URL apart.
 * @throws UserError that says what is wrong: another scheme, a part that is missing, credentials in it
 */
export function parseRemoteUrl(text: string): RemoteAddress {
  if (/[?#]/.test(text) || /^[a-z0-9]+:\/\/[^/]*@/.test(text))
    throw new UserError('The URL of a remote place holds no credentials, query or fragment.', {
      hint: 'Credentials come from the environment: pipeline/README.md names the variables.',
    });
  if (text.startsWith('file://')) {
    try {
      return { scheme: 'file', folder: fileURLToPath(text) };
    } catch {
      throw new UserError(`${text} names no folder of this machine.`, {
        hint: 'It has three slashes and an absolute path, as in file:///mnt/cache.',
      });
    }
  }
  if (!bucketScheme.test(text))
    throw new UserError(`${text} is no URL of a remote place.`, { hint: `It takes ${remoteUrlForms}.` });
  const words = text
    .replace(bucketScheme, '')
    .split('/')
    .filter((word) => word !== '');
  if (words.includes('..') || words.includes('.'))
    throw new UserError(`${text} has a part that is . or ..`, { hint: 'Name the prefix as it is.' });
  if (text.startsWith('s3://')) {
    const [bucket, ...rest] = words;
    if (bucket === undefined)
      throw new UserError(`${text} names no bucket.`, { hint: 'It has the form s3://bucket/prefix.' });
    return { scheme: 's3', bucket, prefix: rest.join('/') };
  }
  const [account, container, ...rest] = words;
  if (account === undefined || container === undefined)
    throw new UserError(`${text} names no account and container.`, {
      hint: 'It has the form azblob://account/container/prefix.',
    });
  return { scheme: 'azblob', account, container, prefix: rest.join('/') };
}
