import { defineConfig } from 'vitest/config';

// The clock and the time zone are fixed where a test looks at them; nothing depends on how fast the machine is.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/intake/web/built.ts',
    env: { TZ: 'UTC', NO_COLOR: '1' },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One more than the cores of a small machine: many files wait for servers, pauses and browsers.
    maxWorkers: 3,
  },
});
