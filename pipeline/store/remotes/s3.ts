import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type * as S3 from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  RemoteFailure,
  type ReadOptions,
  type Remote,
  type RemoteData,
  type RemoteObject,
} from './remote.js';
import { remoteFailure, statusOf } from './remote-trouble.js';

type Sdk = typeof S3;
type Environment = Readonly<Record<string, string | undefined>>;

/** More than S3 takes in one request. */
const largestPut = 5 * 2 ** 30;

/** The SDK tells the terminal of what we tell in our own words. */
const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * A bucket of S3 or of a server that speaks like it (AWS_ENDPOINT_URL). Credentials, region and endpoint come by the
 * SDK's own chain: environment, profile, instance. The SDK is loaded with the first request.
 */
export class S3Remote implements Remote {
  readonly #prefix: string;
  #opened: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | undefined;

  constructor(
    readonly url: string,
    readonly bucket: string,
    prefix: string,
    private readonly environment: Environment = process.env,
  ) {
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  read(name: string, { offset = 0, etag, signal }: ReadOptions): Promise<Readable | undefined> {
    return this.#call(`${name} cannot be read`, async ({ sdk, client }) => {
      const command = new sdk.GetObjectCommand({
        ...this.#object(name),
        ...(offset > 0 ? { Range: `bytes=${offset}-` } : {}),
        ...(etag === undefined ? {} : { IfMatch: etag }),
      });
      const { Body } = await client.send(command, { abortSignal: signal });
      if (!(Body instanceof Readable))
        throw new RemoteFailure('passing', `${name} in ${this.url} came without a body.`);
      return Body;
    });
  }

  size(name: string, signal: AbortSignal): Promise<number | undefined> {
    return this.#call(`${name} cannot be looked up`, async ({ sdk, client }) => {
      const command = new sdk.HeadObjectCommand(this.#object(name));
      return (await client.send(command, { abortSignal: signal })).ContentLength ?? 0;
    });
  }

  async write(name: string, data: RemoteData, signal: AbortSignal): Promise<void> {
    const sizeBytes = 'bytes' in data ? data.bytes.byteLength : data.sizeBytes;
    if (sizeBytes > largestPut)
      throw new RemoteFailure('refused', `${name} has more than the 5 GiB that S3 takes at once.`);
    const written = await this.#call(`${name} cannot be written`, async ({ sdk, client }) => {
      const command = new sdk.PutObjectCommand({
        ...this.#object(name),
        Body: 'bytes' in data ? data.bytes : createReadStream(data.path),
        ContentLength: sizeBytes,
      });
      await client.send(command, { abortSignal: signal });
      return true;
    });
    if (written === undefined) throw new RemoteFailure('refused', `There is no bucket ${this.bucket}.`);
  }

  async *list(prefix: string, signal: AbortSignal): AsyncIterable<RemoteObject> {
    let token: string | undefined;
    do {
      const page = await this.#call(`${prefix || 'it'} cannot be listed`, ({ sdk, client }) =>
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: this.#prefix + prefix,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          { abortSignal: signal },
        ),
      );
      if (!page) throw new RemoteFailure('refused', `There is no bucket ${this.bucket}.`);
      for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? [])
        yield { name: Key.slice(this.#prefix.length), sizeBytes: Size, etag: ETag };
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  #object(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: this.#prefix + name };
  }

  /** @returns undefined when there is no such object */
  async #call<T>(
    what: string,
    work: (opened: { readonly sdk: Sdk; readonly client: S3Client }) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work(await (this.#opened ??= this.#open()));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw remoteFailure(error, `${what} (${this.url})`);
    }
  }

  async #open(): Promise<{ readonly sdk: Sdk; readonly client: S3Client }> {
    const sdk = await import('@aws-sdk/client-s3');
    const { environment } = this;
    const own = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
    // Servers that only speak like S3 have no names for their buckets and know no checksums in trailers.
    const plain =
      own === undefined ? {} : { forcePathStyle: true, region: environment['AWS_REGION'] ?? 'us-east-1' };
    const checksums =
      own === undefined
        ? {}
        : ({
            requestChecksumCalculation: 'WHEN_REQUIRED',
            responseChecksumValidation: 'WHEN_REQUIRED',
          } as const);
    // Whoever calls tries again, and knows when to give up.
    return { sdk, client: new sdk.S3Client({ maxAttempts: 1, logger: silent, ...plain, ...checksums }) };
  }
}
