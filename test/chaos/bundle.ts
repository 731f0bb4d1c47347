/** The process under chaos as one file, so that it starts in well under a second. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../connectors/define.ts';

/** Bundles child.ts into dist/ and returns the file. */
export async function bundleChild(): Promise<string> {
  const outfile = join(packageRoot(), 'dist', 'chaos', `child-${process.pid}.js`);
  await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  });
  return outfile;
}
