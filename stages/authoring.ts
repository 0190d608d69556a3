/** The package `darkroom`, as pipeline files in TypeScript and stages of the user's import it. */
export { UserError } from '../pipeline/core/user-error.js';
export { defineMapStage, defineStage } from '../pipeline/stage/definition.js';
export { definePipeline } from './define-pipeline.js';
