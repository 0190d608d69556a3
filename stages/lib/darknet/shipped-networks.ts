import { join } from 'node:path';
import { productRoot } from '../../../pipeline/core/product-root.js';

/** The cfgs that come along, in data/networks/. */
export const shippedNetworks = ['yolov3', 'yolov3-tiny', 'yolov3-spp', 'nano', 'mobilenet-large', 'mobilenet-small'] as const; // prettier-ignore

/** The path of a cfg that a pipeline file names: one of the shipped networks by its name, or a file. */
export function cfgPath(cfg: string): string {
  const shipped: readonly string[] = shippedNetworks;
  return shipped.includes(cfg) ? join(productRoot(), 'data/networks', `${cfg}.cfg`) : cfg;
}
