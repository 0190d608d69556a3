/** A size, or −1 where it is only known when the model runs. */
type Shape = readonly number[];

/** Floats are given as `{ float: .1 }`, other numbers are whole. */
export type Attribute =
  boolean | number | string | readonly number[] | readonly string[] | { readonly float: number };

/** What a model.json says of a tensor among its weights. */
interface WeightEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32';
}

interface TensorInfo {
  readonly name: string;
  readonly dtype: 'DT_FLOAT';
  readonly tensorShape: object;
}

/** TensorFlow's graph version of 2.3, which has all operators that we use. */
const graphVersion = 440;

/**
 * Puts a TensorFlow graph together in the JSON form of TensorFlow.js (protobuf's: long integers are strings, and so are
 * bytes, in base 64). Constants stand apart, as the weights of the model.
 */
export class GraphDefBuilder {
  readonly #nodes: object[] = [];
  readonly #weights: WeightEntry[] = [];
  readonly #values: (Float32Array | Int32Array)[] = [];
  readonly #inputs: Record<string, TensorInfo> = {};
  readonly #outputs: Record<string, TensorInfo> = {};
  #counter = 0;

  /** @returns the input's name, to use it */
  input(name: string, shape: Shape): string {
    this.#nodes.push({
      name,
      op: 'Placeholder',
      attr: { shape: { shape: shapeOf(shape) }, dtype: { type: 'DT_FLOAT' } },
    });
    this.#inputs[name] = infoOf(name, shape);
    return name;
  }

  /** Floats that belong to the model. @returns their name */
  floats(name: string, shape: Shape, values: Float32Array): string {
    return this.#constant(name, shape, 'float32', values);
  }

  /** Whole numbers: axes, sizes. @param shape of a vector where nothing is said @returns their name */
  integers(values: readonly number[], shape: Shape = [values.length]): string {
    return this.#constant(`integers${this.#counter++}`, shape, 'int32', Int32Array.from(values));
  }

  /** @returns the name of what the operator gives */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const name = `${operator.toLowerCase()}${this.#counter++}`;
    this.#add(operator, inputs, name, attributes);
    return name;
  }

  /** Makes what an operator gave an output of the model, under a name of its own. */
  output(value: string, name: string, shape: Shape): void {
    this.#add('Identity', [value], name, {});
    this.#outputs[name] = infoOf(name, shape);
  }

  /** What a model.json says beside its weights; the outputs come in the order in which they were added. */
  topology(): { readonly signature: object; readonly modelTopology: object } {
    return {
      signature: { inputs: this.#inputs, outputs: this.#outputs },
      modelTopology: { node: this.#nodes, versions: { producer: graphVersion, minConsumer: 0 } },
    };
  }

  /** The constants: what they are, and their bytes one after the other. */
  weights(): { readonly entries: readonly WeightEntry[]; readonly bytes: Uint8Array } {
    const parts = this.#values.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)); // prettier-ignore
    return { entries: this.#weights, bytes: Buffer.concat(parts) };
  }

  #constant(
    name: string,
    shape: Shape,
    dtype: WeightEntry['dtype'],
    values: Float32Array | Int32Array,
  ): string {
    const type = dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32';
    const attr = { dtype: { type }, value: { tensor: { dtype: type, tensorShape: shapeOf(shape) } } };
    this.#nodes.push({ name, op: 'Const', attr });
    this.#weights.push({ name, shape, dtype });
    this.#values.push(values);
    return name;
  }

  #add(
    op: string,
    input: readonly string[],
    name: string,
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const attr = Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)]),
    );
    this.#nodes.push({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } });
  }
}

function attributeOf(value: Attribute): object {
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'number') return { i: String(value) };
  if (typeof value === 'string') return { s: bytesOf(value) };
  if ('float' in value) return { f: value.float };
  const isText = (list: readonly number[] | readonly string[]): list is readonly string[] =>
    typeof list[0] === 'string';
  return { list: isText(value) ? { s: value.map(bytesOf) } : { i: value.map(String) } };
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function infoOf(name: string, shape: Shape): TensorInfo {
  return { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeOf(shape) };
}

function shapeOf(shape: Shape): object {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}
