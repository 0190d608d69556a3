import { AzureRemote } from './azure.js';
import { FolderRemote } from './folder.js';
import type { Remote } from './remote.js';
import { parseRemoteUrl } from './remote-url.js';
import { S3Remote } from './s3.js';

/** The remote at a URL. Nothing is asked of it yet, and no SDK is loaded. @throws UserError for a wrong URL */
export function openRemote(url: string): Remote {
  const address = parseRemoteUrl(url);
  switch (address.scheme) {
    case 'file':
      return new FolderRemote(url, address.folder);
    case 's3':
      return new S3Remote(url, address.bucket, address.prefix);
    case 'azblob':
      return new AzureRemote(url, address.account, address.container, address.prefix);
  }
}
