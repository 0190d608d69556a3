import * as tf from '@tensorflow/tfjs';
import { derivedSeed } from '../../pipeline/core/seed.js';
import { useBackend, type ComputeBackend } from '../lib/tensors/backend.js';
import type { BackendChoice } from '../lib/tensors/backend-choice.js';
import { updateParameters, type OptimizerRule } from '../lib/tensors/optimizers.js';
import { modelOf, networkOf, type Model, type ModelShape, type NetworkName } from './model.js';
import { noiseMap } from './networks/noise-map.js';
import { weightTensors, type Weights } from './networks/parameters.js';
import {
  cycleObjective,
  identityObjective,
  judgeObjective,
  type ObjectiveOptions,
  type Scene,
  type WeightsOf,
} from './objectives.js';
import { contrastiveIdentity, contrastiveObjective, describe, PatchPlaces } from './patch-objective.js';

/** The vectors that all workers share, each as long as the model. */
export interface SharedVectors {
  readonly parameters: Float32Array;
  readonly slots: readonly Float32Array[];
  /** One a task. */
  readonly gradients: readonly Float32Array[];
}

export interface TaskSetup {
  readonly shape: ModelShape;
  readonly options: ObjectiveOptions;
  /** Monte-Carlo samples of the noise map. */
  readonly samples: number;
  readonly backend: BackendChoice;
  readonly seed: number;
  readonly vectors: SharedVectors;
}

/** Half of a step: the way there and back that begins in one domain; of CUT, the translation or the identity. */
export interface GradientRequest {
  readonly step: number;
  readonly task: number;
  readonly batch: number;
  /** The side of the pictures in pixels. */
  readonly crop: number;
  /** [batch, crop, crop, 3], −1 to 1. */
  readonly own: Float32Array;
  readonly other: Float32Array;
  /** [batch, crop, crop, 1] */
  readonly ownWeights?: Float32Array | undefined;
  readonly otherWeights?: Float32Array | undefined;
  /** A translation of an earlier step that the discriminator sees in place of the new one. */
  readonly stored?: Float32Array | undefined;
}

export interface TaskOutcome {
  readonly losses: Readonly<Record<string, number>>;
  /** The translation, [batch, crop, crop, 3]; empty for CUT's identity. */
  readonly fake: Float32Array;
}

export interface UpdateRequest {
  readonly from: number;
  readonly to: number;
  readonly rule: OptimizerRule & { readonly name: 'adam' };
  readonly rate: number;
  readonly step: number;
  /** Of Σ mean(θ²), as bayesian's prior; 0 for none. */
  readonly prior: number;
}

/** What one worker does of a step: gradients of its tasks, then its part of the update. */
export class StepTask {
  readonly #model: Model;

  private constructor(
    private readonly setup: TaskSetup,
    readonly backend: ComputeBackend,
  ) {
    this.#model = modelOf(setup.shape);
  }

  static async start(setup: TaskSetup): Promise<StepTask> {
    return new StepTask(setup, await useBackend(setup.backend));
  }

  /** Gradients of all that the task's losses reach; they go to the task's vector. */
  async gradients(request: GradientRequest): Promise<TaskOutcome> {
    const { batch, crop, task } = request;
    const notes = new Map<string, tf.Scalar>();
    const picture = (values: Float32Array, channels: number): tf.Tensor4D =>
      tf.tensor4d(values, [batch, crop, crop, channels]);
    const scene: Scene = {
      shape: this.#model.generator,
      options: this.setup.options,
      own: picture(request.own, 3),
      other: picture(request.other, 3),
      ownWeights: request.ownWeights && picture(request.ownWeights, 1),
      otherWeights: request.otherWeights && picture(request.otherWeights, 1),
      noise: this.#noise(request),
      names:
        task === 0 || this.#model.mode === 'cut'
          ? { there: 'forward', back: 'back', judge: 'judgeTarget' }
          : { there: 'back', back: 'forward', judge: 'judgeSource' },
      // A copy: a part may be the whole loss, which is disposed of.
      note: (name, value) => void notes.set(name, tf.keep(tf.clone(value))),
    };
    const tensors = this.#tensors();
    const target = this.setup.vectors.gradients[task];
    if (!target) throw new Error(`there is no task ${task}`);
    target.fill(0);
    const fakes: tf.Tensor4D[] = [];
    const made = (fake: tf.Tensor4D): void => void fakes.push(tf.keep(fake));
    const { there, back, judge } = scene.names;
    if (this.#model.mode === 'cut') {
      const places = new PatchPlaces(this.setup.options.patchCount, [this.setup.seed, request.step, task]);
      const of: WeightsOf = (name) => tensors.get(name) ?? new Map<string, tf.Tensor>();
      const keys = tf.tidy(() => describe(scene, of, task === 0 ? scene.own : scene.other, places));
      const learning: NetworkName[] = ['forward', 'heads'];
      await this.#descend(target, tensors, learning, (weights) =>
        task === 0
          ? contrastiveObjective(scene, weights, keys, places, made)
          : contrastiveIdentity(scene, weights, keys, places),
      );
      tf.dispose(keys);
    } else {
      await this.#descend(target, tensors, [there, back], (weights) => cycleObjective(scene, weights, made));
      if (this.setup.options.identity > 0)
        await this.#descend(target, tensors, [there], (weights) => identityObjective(scene, weights));
    }
    const [newest] = fakes;
    const fake = newest ? await newest.data<'float32'>() : new Float32Array();
    if (newest) {
      const seen = request.stored ? [picture(request.stored, 3), ...fakes.slice(1)] : fakes;
      await this.#descend(target, tensors, [judge], (weights) => judgeObjective(scene, weights, seen));
      tf.dispose(seen);
    }
    const losses: Record<string, number> = {};
    for (const [name, value] of notes) losses[name] = (await value.data<'float32'>())[0] ?? NaN;
    tf.dispose([...notes.values(), ...fakes, scene.own, scene.other, ...scene.noise]);
    tf.dispose([scene.ownWeights, scene.otherWeights].filter((one) => one !== undefined));
    for (const weights of tensors.values()) tf.dispose([...weights.values()]);
    return { losses, fake: Float32Array.from(fake) };
  }

  /** Sums the tasks' gradients and takes Adam's step for a part of the vectors, each network by itself. */
  update({ from, to, rule, rate, step, prior }: UpdateRequest): void {
    const { parameters, slots, gradients } = this.setup.vectors;
    for (const { layout, offset, tasks, name } of this.#model.networks) {
      const summed = tasks.flatMap((task) => gradients[task] ?? []);
      for (const segment of layout.segments) {
        const start = Math.max(from, offset + segment.offset);
        const end = Math.min(to, offset + segment.offset + segment.length);
        if (start >= end || segment.inert) continue;
        // d/dθ of prior · mean(θ²); CUT's heads have no prior, for no picture comes of them.
        const weightDecay = name === 'heads' ? 0 : (2 * prior) / segment.length;
        const range = { from: start, to: end, decays: true };
        updateParameters({ ...rule, weightDecay }, parameters, summed, slots, [range], rate, step);
      }
    }
  }

  #tensors(): Map<NetworkName, Map<string, tf.Tensor>> {
    const { parameters } = this.setup.vectors;
    return new Map(
      this.#model.networks.map(({ name, layout, offset }) => [
        name,
        weightTensors(layout, parameters, offset),
      ]),
    );
  }

  /** One loss, and its gradients by some of the networks; all others stand still. */
  async #descend(
    target: Float32Array,
    tensors: ReadonlyMap<NetworkName, Map<string, tf.Tensor>>,
    learning: readonly NetworkName[],
    objective: (weights: WeightsOf) => tf.Scalar,
  ): Promise<void> {
    const places = learning.flatMap((name) => {
      const { layout, offset } = networkOf(this.#model, name);
      return layout.segments
        .filter(({ inert }) => !inert)
        .map((segment) => ({ network: name, name: segment.name, offset: offset + segment.offset }));
    });
    const none: Weights = new Map<string, tf.Tensor>();
    const slopes = tf.valueAndGrads((...trained: tf.Tensor[]) => {
      const replaced = new Map<NetworkName, Weights>(tensors);
      for (const name of learning)
        replaced.set(
          name,
          new Map(
            places.flatMap((place, k) => {
              const tensor = trained[k];
              return place.network === name && tensor ? [[place.name, tensor] as const] : [];
            }),
          ),
        );
      return objective((name) => replaced.get(name) ?? none);
    });
    const starts = places.map(({ network, name }) => tensors.get(network)?.get(name) ?? tf.scalar(0));
    const { value, grads } = slopes(starts);
    for (const [k, gradient] of grads.entries()) {
      const offset = places[k]?.offset ?? 0;
      const values = await gradient.data<'float32'>();
      for (let i = 0; i < values.length; i++)
        target[offset + i] = (target[offset + i] ?? 0) + (values[i] ?? 0);
    }
    tf.dispose([value, ...grads]);
  }

  /** The Monte-Carlo samples' maps of this step and task: N(0, 1), shared by the batch. */
  #noise({ step, task, batch, crop }: GradientRequest): tf.Tensor4D[] {
    if (this.#model.mode !== 'bayesian') return [];
    return Array.from({ length: this.setup.samples }, (_, sample) =>
      noiseMap(derivedSeed(this.setup.seed, 'noise', step, task, sample), batch, crop, crop),
    );
  }
}
