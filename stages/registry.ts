import { stageRegistry } from '../pipeline/stage/registry.js';
import { commandStage } from './command/stage.js';

/** Every stage kind that a pipeline file may use. */
export const registry = stageRegistry([commandStage]);
