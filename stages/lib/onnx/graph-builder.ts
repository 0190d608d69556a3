import { attributeTypes, dataTypes, modelMessage } from './messages.js';

/** A size, or the name of one that is only known when the model runs. */
type Dimension = number | string;

/** Whole numbers are attributes of the type INT; floats are given as `{ float: .1 }`. */
type Attribute = number | string | readonly number[] | { readonly float: number };

/** Operators of this version are used throughout. */
const operatorSet = 13;
/** IR version 8 goes with operator set 15, and is read by everything that reads 13. */
const irVersion = 8;

/** Puts an ONNX model together, node by node, each named after its first output. */
export class GraphBuilder {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];
  #counter = 0;

  /** @returns the input's name, to use it */
  input(name: string, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, 'float', shape));
    return name;
  }

  /** Floats that belong to the model. @returns their name */
  floats(name: string, shape: readonly number[], values: Float32Array): string {
    return this.#initializer(name, shape, 'float', bytesOf(values));
  }

  /** A vector of whole numbers: axes, shapes. @returns its name */
  integers(values: readonly number[]): string {
    const name = `integers${this.#counter++}`;
    return this.#initializer(name, [values.length], 'int64', bytesOf(BigInt64Array.from(values, BigInt)));
  }

  /** @returns the name of what the operator gives */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = `${operator.toLowerCase()}${this.#counter++}`;
    this.#add(operator, inputs, output, attributes);
    return output;
  }

  /** Makes what an operator gave an output of the model, under a name of its own. */
  output(value: string, name: string, type: 'float' | 'int64', shape: readonly Dimension[]): void {
    this.#add('Identity', [value], name, {});
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** The model's bytes. @param metadata what programs that run it may want to know */
  encode(name: string, version: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const model = modelMessage.create({
      irVersion,
      producerName: 'darkroom',
      producerVersion: version,
      opsetImport: [{ domain: '', version: operatorSet }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return modelMessage.encode(model).finish();
  }

  #initializer(
    name: string,
    shape: readonly number[],
    type: keyof typeof dataTypes,
    rawData: Uint8Array,
  ): string {
    this.#initializers.push({ name, dims: shape, dataType: dataTypes[type], rawData });
    return name;
  }

  #add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    this.#nodes.push({
      opType: operator,
      name: output,
      input: inputs,
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeOf(value) })),
    });
  }
}

function attributeOf(value: Attribute): object {
  if (typeof value === 'number') return { type: attributeTypes.int, i: value };
  if (typeof value === 'string') return { type: attributeTypes.string, s: Buffer.from(value) };
  if ('float' in value) return { type: attributeTypes.float, f: value.float };
  return { type: attributeTypes.ints, ints: value };
}

function valueInfo(name: string, type: keyof typeof dataTypes, shape: readonly Dimension[]): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: dataTypes[type], shape: { dim } } } };
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
