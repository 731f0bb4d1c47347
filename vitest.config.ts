import { defineConfig } from 'vitest/config';

// Output is compared as plain text; a CI variable alone would make the commands colour it.
process.env['NO_COLOR'] = '1';
delete process.env['FORCE_COLOR'];

// unit: pure and in-process, under a minute. system: real Postgres, real processes, real browser. real: Kafka and other servers on a JVM.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // packages of the benchmarks' peers bring tests of their own
          exclude: [
            ...['**/node_modules/**', 'test/**/*.system.test.ts', 'test/**/*.real.test.ts'],
            'test/conformance/**',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          globalSetup: 'test/support/real/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
