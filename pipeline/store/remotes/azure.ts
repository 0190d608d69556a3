import { Readable } from 'node:stream';
import type { ContainerClient, StoragePipelineOptions } from '@azure/storage-blob';
import {
  RemoteFailure,
  type ReadOptions,
  type Remote,
  type RemoteData,
  type RemoteObject,
} from './remote.js';
import { codeOf, remoteFailure, statusOf } from './remote-trouble.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whoever calls tries again, and knows when to give up. */
const pipelineOptions: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };
const blockBytes = 8 * 2 ** 20;

/**
 * A container of Azure's blob storage. Credentials come from the environment: AZURE_STORAGE_CONNECTION_STRING,
 * AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, else the chain of @azure/identity. The SDK is loaded with the first
 * request.
 */
export class AzureRemote implements Remote {
  readonly #prefix: string;
  #opened: Promise<ContainerClient> | undefined;

  constructor(
    readonly url: string,
    readonly account: string,
    readonly container: string,
    prefix: string,
    private readonly environment: Environment = process.env,
  ) {
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  read(name: string, { offset = 0, etag, signal }: ReadOptions): Promise<Readable | undefined> {
    return this.#call(`${name} cannot be read`, async (container) => {
      const blob = container.getBlobClient(this.#prefix + name);
      const conditions = etag === undefined ? {} : { conditions: { ifMatch: etag } };
      const { readableStreamBody } = await blob.download(offset, undefined, {
        abortSignal: signal,
        // Broken off, it is taken up again where it ended, by whoever counts the attempts.
        maxRetryRequests: 0,
        ...conditions,
      });
      if (!readableStreamBody)
        throw new RemoteFailure('passing', `${name} in ${this.url} came without a body.`);
      return Readable.from(readableStreamBody);
    });
  }

  size(name: string, signal: AbortSignal): Promise<number | undefined> {
    return this.#call(`${name} cannot be looked up`, async (container) => {
      const properties = await container
        .getBlobClient(this.#prefix + name)
        .getProperties({ abortSignal: signal });
      return properties.contentLength ?? 0;
    });
  }

  async write(name: string, data: RemoteData, signal: AbortSignal): Promise<void> {
    const written = await this.#call(`${name} cannot be written`, async (container) => {
      const blob = container.getBlockBlobClient(this.#prefix + name);
      const options = { abortSignal: signal };
      if ('bytes' in data) await blob.upload(data.bytes, data.bytes.byteLength, options);
      else await blob.uploadFile(data.path, { ...options, blockSize: blockBytes, concurrency: 2 });
      return true;
    });
    if (written === undefined) throw this.#noContainer();
  }

  async *list(prefix: string, signal: AbortSignal): AsyncIterable<RemoteObject> {
    const what = `${prefix || 'it'} cannot be listed`;
    const pages = await this.#call(what, (container) =>
      Promise.resolve(
        container
          .listBlobsFlat({ prefix: this.#prefix + prefix, abortSignal: signal })
          .byPage({ maxPageSize: 1000 }),
      ),
    );
    if (!pages) return;
    for (;;) {
      const page = await this.#call(what, () => pages.next());
      if (!page) throw this.#noContainer();
      if (page.done) return;
      for (const { name, properties, versionId } of page.value.segment.blobItems)
        yield {
          name: name.slice(this.#prefix.length),
          sizeBytes: properties.contentLength ?? 0,
          etag: quoted(properties.etag),
          ...(versionId === undefined ? {} : { version: versionId }),
        };
    }
  }

  #noContainer(): RemoteFailure {
    return new RemoteFailure('refused', `There is no container ${this.container} in ${this.account}.`);
  }

  /** @returns undefined when there is no such object */
  async #call<T>(what: string, work: (container: ContainerClient) => Promise<T>): Promise<T | undefined> {
    try {
      return await work(await (this.#opened ??= this.#open()));
    } catch (error) {
      if (statusOf(error) === 404 && codeOf(error) !== 'ContainerNotFound') return undefined;
      throw remoteFailure(error, `${what} (${this.url})`);
    }
  }

  async #open(): Promise<ContainerClient> {
    const sdk = await import('@azure/storage-blob');
    const { account, environment } = this;
    const connection = environment['AZURE_STORAGE_CONNECTION_STRING'];
    if (connection) {
      const service = sdk.BlobServiceClient.fromConnectionString(connection, pipelineOptions);
      if (service.accountName !== account)
        throw new RemoteFailure(
          'refused',
          `AZURE_STORAGE_CONNECTION_STRING is for the account ${service.accountName}, and ${this.url} is in ${account}.`,
        );
      return service.getContainerClient(this.container);
    }
    const address = `https://${account}.blob.core.windows.net`;
    const [key, sas] = [environment['AZURE_STORAGE_KEY'], environment['AZURE_STORAGE_SAS_TOKEN']];
    const service = key
      ? new sdk.BlobServiceClient(address, new sdk.StorageSharedKeyCredential(account, key), pipelineOptions)
      : sas
        ? new sdk.BlobServiceClient(`${address}?${sas.replace(/^\?/, '')}`, undefined, pipelineOptions)
        : new sdk.BlobServiceClient(
            address,
            new (await import('@azure/identity')).DefaultAzureCredential(),
            pipelineOptions,
          );
    return service.getContainerClient(this.container);
  }
}

/** Listings tell etags without the quotes that conditions have them in. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}
