/** The real server, in a container, where a Docker daemon answers; elsewhere the stand-in alone has run. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { StartedTestContainer } from 'testcontainers';
import { readCompose } from '../../support/compose-file.ts';
import { dockerAnswers } from '../../support/real/docker.ts';
import { auditContract } from './contract.ts';

const PORT = 2113;
const { image, environment } = readCompose().services['eventstoredb']!;
const docker = await dockerAnswers();
if (!docker) console.log(`skipped: no Docker daemon answers, so ${image!} was not run; the stand-in was`);

describe.runIf(docker)('EventStoreDB', () => {
  let container: StartedTestContainer | undefined;
  beforeAll(async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    const settings = Object.entries({ ...environment, EVENTSTORE_MEM_DB: true });
    container = await new GenericContainer(image!)
      .withEnvironment(Object.fromEntries(settings.map(([name, value]) => [name, String(value)])))
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCodeMatching((code) => code < 300))
      .start();
  }, 180_000);
  afterAll(async () => {
    await container?.stop();
  });
  auditContract(() => `esdb://${container!.getHost()}:${container!.getMappedPort(PORT)}?tls=false`);
});
