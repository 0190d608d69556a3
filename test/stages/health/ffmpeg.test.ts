import { expect, test } from 'vitest';
import { ffmpegCheck } from '../../../stages/health/ffmpeg.js';
import { fakeHealthHost } from '../../support/fake-health-host.js';

test('ffmpeg is told by its version', async () => {
  const stdout = 'ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024 the FFmpeg developers\n';
  const report = await ffmpegCheck.run(fakeHealthHost({ ffmpeg: { stdout } }));
  expect(report).toMatchObject({ state: 'ok', found: 'ffmpeg 5.1.6-0+deb12u1' });
});

test('no ffmpeg, or one that does not run, is only a warning', async () => {
  expect(await ffmpegCheck.run(fakeHealthHost({}))).toMatchObject({ state: 'warning' });
  const broken = fakeHealthHost({ ffmpeg: { exitCode: 127 } });
  expect(await ffmpegCheck.run(broken)).toMatchObject({ state: 'warning' });
});
