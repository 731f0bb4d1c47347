/** Deployments that may be resized, for a real API server. */
import { RESIZE_LABEL } from '../../connectors/kubernetes/resizing/observe.ts';

/** How a Deployment of a test is. */
export interface Resizable {
  readonly name: string;
  readonly replicas?: number;
  /** Value of its label; null: none. */
  readonly label?: string | null;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly resizePolicy?: readonly object[];
}

/** A Deployment with one container: 200m and 128Mi, twice that at most. */
export function resizable({
  name,
  replicas = 1,
  label = 'auto',
  podLabels = {},
  resizePolicy,
}: Resizable): object {
  const labels = { app: name, ...podLabels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: label === null ? {} : { [RESIZE_LABEL]: label } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              ...{ name: 'app', image: 'registry/app:1' },
              resources: {
                requests: { cpu: '200m', memory: '128Mi' },
                limits: { cpu: '400m', memory: '256Mi' },
              },
              ...(resizePolicy === undefined ? {} : { resizePolicy }),
            },
          ],
        },
      },
    },
  };
}
