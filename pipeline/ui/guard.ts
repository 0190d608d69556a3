import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { digestOfJson } from '../core/digest.js';

/** Why a request is not answered, with the status that says so. */
export interface Refusal {
  readonly status: 401 | 403 | 405;
  readonly message: string;
}

const cookieName = 'darkroom';

/**
 * Lets through who has the token, and only from the page's own address: another site that the same browser shows can
 * neither read (Host: no name of its own may lead here; the cookie is SameSite=Strict) nor change anything (Origin).
 */
export class Guard {
  /** @param hosts what the Host header may say: `127.0.0.1:8123` */
  constructor(
    readonly token: string,
    private readonly hosts: ReadonlySet<string>,
  ) {}

  /** @returns undefined when the request may be answered */
  refusal(request: IncomingMessage, query: URLSearchParams): Refusal | undefined {
    const { host = '', origin } = request.headers;
    if (!this.hosts.has(host)) return { status: 403, message: 'This page is not called by that name.' };
    const { method = 'GET' } = request;
    if (method !== 'GET' && method !== 'POST') return { status: 405, message: 'It takes GET and POST.' };
    if (method === 'POST' && origin !== `http://${host}`)
      return { status: 403, message: 'Only the page itself may ask for that.' };
    if (this.#isToken(query.get('token')) || this.#isToken(cookieOf(request))) return undefined;
    return {
      status: 401,
      message: 'Open the address that `pipeline ui` has printed: its token is missing here.',
    };
  }

  /** What makes the browser send the token from now on. */
  get cookie(): string {
    return `${cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Compared by digest: how long it takes tells nothing of the token. */
  #isToken(given: string | null | undefined): boolean {
    if (!given) return false;
    return timingSafeEqual(Buffer.from(digestOfJson(given)), Buffer.from(digestOfJson(this.token)));
  }
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === cookieName)?.[1];
}
