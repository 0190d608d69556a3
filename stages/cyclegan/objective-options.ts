import type { AdversarialLoss, Mode } from './modes.js';

/** What a training weighs against what. */
export interface ObjectiveOptions {
  readonly mode: Mode;
  /** bayesian: as its published code, or with what is evidently meant. */
  readonly variant: 'paper' | 'sane';
  readonly adversarial: AdversarialLoss;
  /** λ of the way there and back. */
  readonly cycle: number;
  /** γ, relative to the loss of translations: of being told apart after the way there and back. */
  readonly gamma: number;
  /** Of the difference where a picture is of the target domain already, relative to λ. */
  readonly identity: number;
  /** λ of CUT's patches. */
  readonly patches: number;
  /** How many patches of a picture are compared at each tap. */
  readonly patchCount: number;
  readonly temperature: number;
}
