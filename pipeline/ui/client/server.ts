import type { RunRow } from '../../report/run-rows.js';

/** What the server tells of the pipeline. */
export interface Listing {
  readonly pipeline: string;
  /** Whether the page may start, cancel and retry. */
  readonly control: boolean;
  readonly runs: readonly RunRow[];
}

/** Asks the server. @throws Error with what it says when it refuses */
export async function ask<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  return answer<T>(await fetch(`/api/${path}?${new URLSearchParams(query).toString()}`));
}

/** Asks the server to do something. @throws Error with what it says when it refuses */
export async function order(path: 'start' | 'cancel', body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await answer(await fetch(`/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answer<T>(response: Response): Promise<T> {
  const value = (await response.json()) as T & { readonly message?: string };
  if (!response.ok) throw new Error(value.message ?? `The server answers with ${response.status}.`);
  return value;
}
