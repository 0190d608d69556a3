/** Any value that JSON can carry. Keys, records, manifests and events are made of these and of nothing else. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object; an `undefined` property is one that is left out when it is written. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
