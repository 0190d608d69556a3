/** What is learnt: two generators that undo each other, the same with a noise map each, or one that keeps patches. */
export const modes = ['cyclegan', 'bayesian', 'cut'] as const;
export type Mode = (typeof modes)[number];

/** How a discriminator's numbers become a loss. */
export const adversarialLosses = ['lsgan', 'bce', 'hinge'] as const;
export type AdversarialLoss = (typeof adversarialLosses)[number];
