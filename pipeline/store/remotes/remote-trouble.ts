import { RemoteFailure } from './remote.js';

/** What the errors of the SDKs have in common. */
interface ServiceError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** Errors that come before any request: nobody has said who we are, or where the bucket is. */
const refusedNames =
  /Credential|AuthenticationRequired|TokenProviderError|Region is missing|NoSuchBucket|ContainerNotFound|ENOTFOUND.*\.invalid/i;

/** The status of a service's answer; `undefined` when there was none. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode, $metadata } = asService(error);
  const status = statusCode ?? $metadata?.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

/** What a service calls the error. */
export function codeOf(error: unknown): string {
  const { code, name } = asService(error);
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'an unknown error';
}

/**
 * A service's error as ours. Its own text may quote the request, signature and all: only the code and the status of
 * an answer are passed on, and of an error without an answer the first line.
 */
export function remoteFailure(error: unknown, what: string): RemoteFailure {
  if (error instanceof RemoteFailure) return error;
  const status = statusOf(error);
  const code = codeOf(error);
  const text = error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : '';
  const why =
    status === undefined ? [code, text].filter((word) => word !== '').join(': ') : `${code} (${status})`;
  return new RemoteFailure(troubleOf(status, `${code} ${text}`), `${what}: ${why}`, { cause: error });
}

function troubleOf(status: number | undefined, words: string): 'refused' | 'changed' | 'passing' {
  if (status === 412) return 'changed';
  if (status === undefined) return refusedNames.test(words) ? 'refused' : 'passing';
  if (status === 408 || status === 429 || status >= 500) return 'passing';
  return status >= 400 ? 'refused' : 'passing';
}

function asService(error: unknown): ServiceError {
  return typeof error === 'object' && error !== null ? error : {};
}
