/** The formats that datasets come in and go out, and what each one is for people. */
export const formatDescriptions = {
  coco: 'COCO JSON: one file of images, annotations and categories (path: the file)',
  yolo: 'Darknet and YOLO: a text file of labels for each image (path: the folder)',
  keras: 'keras-yolo3: a line an image, `path xmin,ymin,xmax,ymax,class …` (path: the file; needs classes)',
  voc: 'Pascal VOC: an XML file for each image, ImageSets (path: the folder); also LabelImg and VoTT v1',
  csv: 'LabelImg CSV: a line a box, filename,width,height,class,xmin,ymin,xmax,ymax (path: the file)',
  tfrecord: 'TFRecord shards of tf.train.Example with a label map (path: the folder, or one shard)',
  openimages: 'OpenImages CSV of boxes with class descriptions (path: the file of boxes, or its folder)',
  darkroom: 'A dataset of our own, as out/ shows it: dataset.json, records.jsonl, images (path: the folder)',
} as const;
export type FormatName = keyof typeof formatDescriptions;
export const formatNames = Object.keys(formatDescriptions) as [FormatName, ...FormatName[]];

/** The patterns of a format's own files below its folder; images are another matter. */
export const annotationPatterns: Readonly<Record<FormatName, readonly string[]>> = {
  coco: ['**/*.json'],
  yolo: ['**/*.{txt,names,data,yaml,yml}'],
  keras: ['**/*.txt'],
  voc: ['**/*.xml', '**/ImageSets/**/*.txt', 'labels.txt'],
  csv: ['**/*.csv'],
  tfrecord: ['**/*.{tfrecord,tfrecords,record,pbtxt}', '**/*-[0-9][0-9][0-9][0-9][0-9]-of-*'],
  openimages: ['**/*.csv'],
  darkroom: ['dataset.json', 'records.jsonl'],
};

/** Formats whose annotations are one file. */
export const oneFileFormats: ReadonlySet<FormatName> = new Set(['coco', 'keras', 'csv']);
