import sharp from 'sharp';

// libvips remembers what it did with a path: a damaged file that was complained of once would pass the next time, and
// one that was replaced would look as before.
sharp.cache(false);

/** The image library for whoever has to see a file as it is now. The setting holds for the whole process. */
export const uncachedSharp = sharp;
