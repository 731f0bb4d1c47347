/** Installs every server that the tests of the project `real` use: `npm run real:install`. Each test also installs what it lacks. */
import { fileURLToPath } from 'node:url';
import { type Report, cacheRoot } from './cache.ts';
import { inContainers, pullImages } from './docker.ts';
import { installKafka } from './kafka-install.ts';
import { installKubernetes } from './kubernetes-install.ts';
import { installRegistry } from './registry.ts';
import { installS3 } from './s3.ts';

/** Installs all, one after the other, and tells how it goes. */
export async function installAll(report: Report): Promise<void> {
  // has no image of its own
  await installKubernetes(report);
  // a test that needs a server as a process installs that by itself
  if (await inContainers(() => pullImages(report))) return;
  await installKafka(report);
  await installRegistry(report);
  await installS3(report);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await installAll(console.log);
    console.log(`Everything is in ${cacheRoot()}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
