// Builds the executable into dist/: one bundle of our own code, packages stay outside.
import { build } from 'esbuild';

await build({
  entryPoints: { rightstream: 'connectors/cli/main.ts', helper: 'connectors/cli/helper.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
