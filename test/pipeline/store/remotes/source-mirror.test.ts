import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canMirror,
  mirroredUrl,
  mirrorPath,
  withMirroredUrls,
  withMirrorPaths,
} from '../../../../pipeline/store/remotes/source-mirror.js';

const root = '/data/store';

describe('copies of what lies in buckets', () => {
  it('stand in the store, and are known by their URL again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const name = parts.join('/');
        fc.pre(canMirror(name));
        const url = `s3://bucket/${name}`;
        const path = mirrorPath(url, root);
        expect(path.startsWith(`${root}/buckets/s3/bucket/`)).toBe(true);
        expect(mirroredUrl(path, root)).toBe(url);
      }),
    );
  });

  it.each(['../secret', 'a/../../b', 'a//b', './a', '', 'a\0b'])('cannot be of a name like %j', (name) => {
    expect(canMirror(name)).toBe(false);
  });

  it('take the place of URLs anywhere in params, and give it back', () => {
    const params = { path: 'azblob://account/box/scene.blend', n: 1, list: ['./here', 's3://b/*.jpg'] };
    const placed = withMirrorPaths(params, root);
    expect(placed.list).toEqual(['./here', `${root}/buckets/s3/b/*.jpg`]);
    expect(withMirroredUrls(placed, root)).toEqual(params);
  });
});
