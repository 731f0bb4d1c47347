/** Manifests as YAML. */
import { stringify } from 'yaml';

/** Kubernetes reads YAML 1.1, where a bare `Off` or `on` is a boolean; and no anchors, which nobody expects in a manifest. */
export function manifestText(manifest: object): string {
  return stringify(manifest, { version: '1.1', aliasDuplicateObjects: false });
}

/** Several as one stream of documents. */
export function manifestStream(manifests: readonly object[]): string {
  return manifests.map((manifest) => `---\n${manifestText(manifest)}`).join('');
}
