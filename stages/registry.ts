import { StageLibrary, type StageLoaders } from '../pipeline/stage/library.js';

/** Every stage kind that a pipeline file may use, by the name that it calls itself. */
export const stageLoaders = {
  anchors: async () => (await import('./anchors/stage.js')).anchorsStage,
  annotate: async () => (await import('./annotate/stage.js')).annotateStage,
  benchmark: async () => (await import('./benchmark/stage.js')).benchmarkStage,
  check: async () => (await import('./check/stage.js')).checkStage,
  'check/leaks': async () => (await import('./check/leaks-stage.js')).leaksStage,
  command: async () => (await import('./command/stage.js')).commandStage,
  'cyclegan/train': async () => (await import('./cyclegan/stage.js')).cycleGanTrainStage,
  'cyclegan/translate': async () => (await import('./cyclegan/translate/stage.js')).cycleGanTranslateStage,
  detect: async () => (await import('./detect/stage.js')).detectStage,
  evaluate: async () => (await import('./evaluate/stage.js')).evaluateStage,
  export: async () => (await import('./export/stage.js')).exportStage,
  import: async () => (await import('./import/stage.js')).importStage,
  'import/predictions': async () => (await import('./import/predictions-stage.js')).importPredictionsStage,
  merge: async () => (await import('./merge/stage.js')).mergeStage,
  openimages: async () => (await import('./openimages/stage.js')).openImagesStage,
  render: async () => (await import('./render/stage.js')).renderStage,
  select: async () => (await import('./select/stage.js')).selectStage,
  split: async () => (await import('./split/stage.js')).splitStage,
  stats: async () => (await import('./stats/stage.js')).statsStage,
  'yolo/export': async () => (await import('./yolo/export/stage.js')).yoloExportStage,
  'yolo/train': async () => (await import('./yolo/stage.js')).yoloTrainStage,
} satisfies StageLoaders;

export const stageLibrary = new StageLibrary(stageLoaders);
