/** What a pipeline can be drawn as. */
export const graphFormats = ['mermaid', 'dot', 'svg'] as const;

export type GraphFormat = (typeof graphFormats)[number];
