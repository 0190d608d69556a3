import wabt from 'wabt';

/** What is used of WebAssembly's JavaScript interface; TypeScript has it with a browser's types only. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/**
 * Makes a module of WebAssembly text and starts it.
 * @param text    the fields of the module
 * @param imports what they import
 * @returns what they export, which the caller knows
 */
export async function assemble(name: string, text: string, imports: object = {}): Promise<unknown> {
  const { parseWat } = await wabt();
  const parsed = parseWat(name, `(module ${text})`, { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return new WebAssembly.Instance(new WebAssembly.Module(buffer), imports).exports;
}
