import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../pipeline/core/user-error.js';
import { useBackend, type ComputeBackend } from '../lib/tensors/backend.js';
import type { BackendChoice } from '../lib/tensors/backend-choice.js';
import { updateParameters, type OptimizerRule } from '../lib/tensors/optimizers.js';
import { isOutOfMemory } from '../lib/tensors/out-of-memory.js';
import { modelOf, networkOf, type Model, type ModelShape, type NetworkName } from './model.js';
import { weightTensors, type Weights } from './networks/parameters.js';
import {
  cycleObjective,
  identityObjective,
  judgeObjective,
  reconstructionJudgeObjective,
} from './objectives.js';
import { addPosteriorNoise } from './posterior-noise.js';
import { contrastiveIdentity, contrastiveObjective, describe, PatchPlaces } from './patch-objective.js';
import { openScene, type GradientRequest, type Scene, type SceneSetup, type WeightsOf } from './scene.js';

/** The vectors that all workers share, each as long as the model. */
export interface SharedVectors {
  readonly parameters: Float32Array;
  readonly slots: readonly Float32Array[];
  /** One a task. */
  readonly gradients: readonly Float32Array[];
}

export interface TaskSetup extends SceneSetup {
  readonly shape: ModelShape;
  readonly backend: BackendChoice;
  readonly vectors: SharedVectors;
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
  /** Deviation of the noise that gradients get; 0 for none. */
  readonly noise: number;
}

type Descend = (
  learning: readonly NetworkName[],
  objective: (weights: WeightsOf) => tf.Scalar,
) => Promise<void>;

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

  /**
   * Gradients of all that the task's losses reach; they go to the task's vector.
   * @throws UserError when they do not fit into memory
   */
  async gradients(request: GradientRequest): Promise<TaskOutcome> {
    try {
      return await this.#differentiate(request);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      const { batch, crop } = request;
      throw new UserError(
        `Out of memory: a worker cannot learn from ${batch} × ${crop} × ${crop} pixels with these networks.`,
        {
          hint: 'Lower `crop`, `width`, `blocks` or `batch`. With `memoryMb` at what there is (WebAssembly has 4096), the crop that fits is said beforehand.',
          cause: error,
        },
      );
    }
  }

  async #differentiate(request: GradientRequest): Promise<TaskOutcome> {
    const notes = new Map<string, tf.Scalar>();
    // A copy: a part may be the whole loss, which is disposed of.
    const note: Scene['note'] = (name, value) => void notes.set(name, tf.keep(tf.clone(value)));
    const scene = openScene(this.#model, this.setup, request, note);
    const tensors = this.#tensors();
    const target = this.setup.vectors.gradients[request.task];
    if (!target) throw new Error(`there is no task ${request.task}`);
    target.fill(0);
    const descend: Descend = (learning, objective) => this.#descend(target, tensors, learning, objective);
    const fakes = this.#model.mode === 'cut' ? await this.#patches(scene, request, tensors, descend) : await this.#cycle(scene, descend); // prettier-ignore
    const [newest] = fakes;
    const fake = newest ? await newest.data<'float32'>() : new Float32Array();
    if (newest) {
      const { batch, crop, stored } = request;
      const earlier = stored && tf.tensor4d(stored, [batch, crop, crop, 3]);
      const seen = earlier ? [earlier, ...fakes.slice(1)] : fakes;
      await descend([scene.names.judge], (weights) => judgeObjective(scene, weights, seen));
      tf.dispose(seen);
    }
    const losses: Record<string, number> = {};
    for (const [name, value] of notes) losses[name] = (await value.data<'float32'>())[0] ?? NaN;
    tf.dispose([...notes.values(), ...fakes]);
    scene.dispose();
    for (const weights of tensors.values()) tf.dispose([...weights.values()]);
    return { losses, fake: Float32Array.from(fake) };
  }

  /** @returns the translations, one a Monte-Carlo sample */
  async #cycle(scene: Scene, descend: Descend): Promise<tf.Tensor4D[]> {
    const { options, names, encoders } = scene;
    const fakes: tf.Tensor4D[] = [];
    const undone: tf.Tensor4D[] = [];
    const learning = [names.there, names.back, ...encoders.map(({ name }) => name)];
    await descend(learning, (weights) =>
      cycleObjective(scene, weights, (fake, back) => {
        fakes.push(tf.keep(fake));
        if (options.gamma > 0) undone.push(tf.keep(back));
      }),
    );
    if (options.identity > 0) {
      const shown = encoders.filter(({ way }) => way === 'there').map(({ name }) => name);
      await descend([names.there, ...shown], (weights) => identityObjective(scene, weights));
    }
    if (options.gamma > 0)
      await descend([names.ownJudge], (weights) => reconstructionJudgeObjective(scene, weights, undone));
    tf.dispose(undone);
    return fakes;
  }

  /** @returns the translation; none of CUT's identity */
  async #patches(
    scene: Scene,
    { step, task }: GradientRequest,
    tensors: ReadonlyMap<NetworkName, Weights>,
    descend: Descend,
  ): Promise<tf.Tensor4D[]> {
    const fakes: tf.Tensor4D[] = [];
    const places = new PatchPlaces(this.setup.options.patchCount, [this.setup.seed, step, task]);
    const of: WeightsOf = (name) => tensors.get(name) ?? new Map<string, tf.Tensor>();
    const keys = tf.tidy(() => describe(scene, of, task === 0 ? scene.own : scene.other, places));
    await descend(['forward', 'heads'], (weights) =>
      task === 0
        ? contrastiveObjective(scene, weights, keys, places, (fake) => void fakes.push(tf.keep(fake)))
        : contrastiveIdentity(scene, weights, keys, places),
    );
    tf.dispose(keys);
    return fakes;
  }

  /** Sums the tasks' gradients and takes Adam's step for a part of the vectors, each network by itself. */
  update({ from, to, rule, rate, step, prior, noise }: UpdateRequest): void {
    const { parameters, slots, gradients } = this.setup.vectors;
    for (const { layout, offset, tasks, hasPosterior } of this.#model.networks) {
      const summed = tasks.flatMap((task) => gradients[task] ?? []);
      const [first] = summed;
      for (const segment of layout.segments) {
        const start = Math.max(from, offset + segment.offset);
        const end = Math.min(to, offset + segment.offset + segment.length);
        if (start >= end || segment.inert) continue;
        // d/dθ of prior · mean(θ²)
        const weightDecay = hasPosterior ? (2 * prior) / segment.length : 0;
        if (first && hasPosterior) addPosteriorNoise(first, start, end, noise, this.setup.seed, step);
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
}
