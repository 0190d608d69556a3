import { stageRegistry } from '../pipeline/stage/registry.js';
import { anchorsStage } from './anchors/stage.js';
import { annotateStage } from './annotate/stage.js';
import { benchmarkStage } from './benchmark/stage.js';
import { leaksStage } from './check/leaks-stage.js';
import { checkStage } from './check/stage.js';
import { commandStage } from './command/stage.js';
import { cycleGanTrainStage } from './cyclegan/stage.js';
import { cycleGanTranslateStage } from './cyclegan/translate/stage.js';
import { detectStage } from './detect/stage.js';
import { evaluateStage } from './evaluate/stage.js';
import { exportStage } from './export/stage.js';
import { importStage } from './import/stage.js';
import { mergeStage } from './merge/stage.js';
import { openImagesStage } from './openimages/stage.js';
import { renderStage } from './render/stage.js';
import { selectStage } from './select/stage.js';
import { splitStage } from './split/stage.js';
import { statsStage } from './stats/stage.js';
import { yoloExportStage } from './yolo/export/stage.js';
import { yoloTrainStage } from './yolo/stage.js';

/** Every stage kind that a pipeline file may use. */
export const stageKinds = [
  anchorsStage,
  annotateStage,
  benchmarkStage,
  checkStage,
  leaksStage,
  commandStage,
  cycleGanTrainStage,
  cycleGanTranslateStage,
  detectStage,
  evaluateStage,
  exportStage,
  importStage,
  mergeStage,
  openImagesStage,
  renderStage,
  selectStage,
  splitStage,
  statsStage,
  yoloExportStage,
  yoloTrainStage,
] as const;

export const registry = stageRegistry(stageKinds);
