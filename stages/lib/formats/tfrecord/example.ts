import protobuf from 'protobufjs/light.js';

/** A feature of a tf.train.Example: a list of one of three kinds. */
export type Feature =
  | { readonly type: 'bytes'; readonly values: readonly Uint8Array[] }
  | { readonly type: 'floats'; readonly values: readonly number[] }
  | { readonly type: 'integers'; readonly values: readonly number[] };
export type Features = ReadonlyMap<string, Feature>;

const featureByName: protobuf.IMapField = { keyType: 'string', type: 'Feature', id: 1 };

/** tensorflow/core/example/example.proto and feature.proto. */
const root = protobuf.Root.fromJSON({
  options: { syntax: 'proto3' },
  nested: {
    BytesList: { fields: { value: { rule: 'repeated', type: 'bytes', id: 1 } } },
    FloatList: { fields: { value: { rule: 'repeated', type: 'float', id: 1, options: { packed: true } } } },
    Int64List: { fields: { value: { rule: 'repeated', type: 'int64', id: 1, options: { packed: true } } } },
    Feature: {
      oneofs: { kind: { oneof: ['bytesList', 'floatList', 'int64List'] } },
      fields: {
        bytesList: { type: 'BytesList', id: 1 },
        floatList: { type: 'FloatList', id: 2 },
        int64List: { type: 'Int64List', id: 3 },
      },
    },
    Features: { fields: { feature: featureByName } },
    Example: { fields: { features: { type: 'Features', id: 1 } } },
  },
});
const exampleType = root.lookupType('Example');

interface PlainFeature {
  readonly bytesList?: { readonly value?: readonly Uint8Array[] };
  readonly floatList?: { readonly value?: readonly number[] };
  readonly int64List?: { readonly value?: readonly number[] };
}

/** @returns the message's bytes; features stand in the order of their names, so that equal examples are equal bytes */
export function encodeExample(features: Features): Uint8Array {
  const feature: Record<string, PlainFeature> = {};
  for (const [name, { type, values }] of [...features].sort(([a], [b]) => (a < b ? -1 : 1)))
    feature[name] =
      type === 'bytes'
        ? { bytesList: { value: values } }
        : type === 'floats'
          ? { floatList: { value: values } }
          : { int64List: { value: values } };
  return exampleType.encode(exampleType.fromObject({ features: { feature } })).finish();
}

/** @throws Error for bytes that are no tf.train.Example */
export function decodeExample(data: Uint8Array): Features {
  const message = exampleType.toObject(exampleType.decode(data), { longs: Number }) as {
    readonly features?: { readonly feature?: Readonly<Record<string, PlainFeature>> };
  };
  const features = new Map<string, Feature>();
  for (const [name, { bytesList, floatList, int64List }] of Object.entries(message.features?.feature ?? {})) {
    if (bytesList) features.set(name, { type: 'bytes', values: bytesList.value ?? [] });
    else if (floatList) features.set(name, { type: 'floats', values: floatList.value ?? [] });
    else if (int64List) features.set(name, { type: 'integers', values: int64List.value ?? [] });
  }
  return features;
}
