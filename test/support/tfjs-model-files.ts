import * as tf from '@tensorflow/tfjs';

/** The files of a TensorFlow.js model by their names, as an IO handler that reads them as a server would hand them over. */
export function modelHandler(files: Readonly<Record<string, string | Uint8Array>>): tf.io.IOHandler {
  const json = JSON.parse(String(files['model.json'])) as tf.io.ModelJSON;
  const weights = async (
    manifest: tf.io.WeightsManifestConfig,
  ): Promise<[tf.io.WeightsManifestEntry[], ArrayBuffer]> => {
    const parts = manifest
      .flatMap(({ paths }) => paths)
      .map((path) => {
        const part = files[path];
        if (part === undefined) throw new Error(`the model has no ${path}`);
        return Buffer.from(part);
      });
    const bytes = Uint8Array.from(Buffer.concat(parts));
    return [manifest.flatMap((group) => group.weights), bytes.buffer];
  };
  return { load: () => tf.io.getModelArtifactsForJSON(json, weights) };
}
