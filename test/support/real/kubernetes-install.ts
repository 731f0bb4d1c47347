/** A Kubernetes control plane and simulated kubelets, compiled once: no registry has them as programs. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Report, installStep, once } from './cache.ts';
import { VERSIONS } from './versions.ts';

const NEEDS_GO = 'Go 1.26 or newer is needed, and a module proxy that it can reach.';
const SOURCES = ['main.go', 'go.mod', 'go.sum'] as const;
const BUILD_MS = 30 * 60_000;

/** Files that belong to it: sources and configuration. */
export function kubernetesFile(name: string): string {
  return fileURLToPath(new URL(`kubernetes/${name}`, import.meta.url));
}

/** Installs both into the cache when they are not there. The first time takes 5 to 20 minutes; with Go's build cache, seconds. */
export async function installKubernetes(
  report: Report = () => undefined,
): Promise<{ controlplane: string; kwok: string }> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(readFileSync(kubernetesFile(name)));
  const controlplane = await once(
    `kubernetes-${VERSIONS.kubernetes}-${hash.digest('hex').slice(0, 12)}`,
    async (folder) => {
      for (const name of SOURCES) copyFileSync(kubernetesFile(name), join(folder, name));
      await goBuild(folder);
    },
    report,
  );
  const kwok = await once(
    `kwok-${VERSIONS.kwok}`,
    async (folder) => {
      const args = [`GOBIN=${folder}`, 'go', 'install'];
      const module = `sigs.k8s.io/kwok/cmd/kwok@v${VERSIONS.kwok}`;
      await installStep('env', [...args, module], { needs: NEEDS_GO, timeoutMs: BUILD_MS });
    },
    report,
  );
  return { controlplane: join(controlplane, 'controlplane'), kwok: join(kwok, 'kwok') };
}

/** The flags stay as they are: another one compiles everything again. */
async function goBuild(folder: string): Promise<void> {
  const [major, minor] = VERSIONS.kubernetes.split('.');
  const version = { gitVersion: `v${VERSIONS.kubernetes}`, gitMajor: major, gitMinor: minor };
  const named = Object.entries(version).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  const args = ['CGO_ENABLED=0', 'go', 'build', '-C', folder, '-trimpath', '-o', 'controlplane'];
  await installStep('env', [...args, '-ldflags', ['-s -w', ...named].join(' ')], {
    needs: NEEDS_GO,
    timeoutMs: BUILD_MS,
  });
}
