/** What docker-compose.yml keeps beside the schema of Compose. */
import type { ComposeFile, ComposeService } from '../support/compose-file.ts';

/** Mistakes, a sentence each. */
export function composeMistakes(compose: ComposeFile, known: ReadonlySet<string>): string[] {
  return Object.entries(compose.services).flatMap(([name, service]) =>
    [
      ...looseImages(service),
      ...unchecked(compose, name, service),
      ...openDependencies(compose, service),
      ...openPorts(service),
      ...unknownVariables(service, known),
    ].map((mistake) => `${name}: ${mistake}`),
  );
}

/** A tag names one build: a version with at least two numbers, no moving word. */
export function isPinned(image: string): boolean {
  const tag = /:([^/:@]+)(?:@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];
  return tag !== undefined && /^v?\d+\.\d+/.test(tag) && !/latest|edge|nightly/.test(tag);
}

/** Images that a Dockerfile starts from; names of its own stages are none. */
export function baseImages(dockerfile: string): string[] {
  const froms = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
  const stages = new Set(froms.map(([, , stage]) => stage));
  return froms.map(([, image]) => image!).filter((image) => !stages.has(image));
}

/** What a Dockerfile copies from the context. */
export function copied(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^COPY (?!--from=)(.+)$/gm)].flatMap(([, rest]) =>
    rest!.split(' ').slice(0, -1),
  );
}

function looseImages({ image, build }: ComposeService): string[] {
  const images = [...(image === undefined ? [] : [image]), ...baseImages(build?.dockerfile_inline ?? '')];
  if (images.length === 0) return ['has no image'];
  return images
    .filter((one) => !isPinned(one))
    .map((one) => `${one} may be another image tomorrow: write its whole version`);
}

/** Ends by itself: somebody waits for its end, or it is started by hand (`run`). */
function isOneShot(compose: ComposeFile, name: string, service: ComposeService): boolean {
  const awaited = Object.values(compose.services).some(
    ({ depends_on: on = {} }) => on[name]?.condition === 'service_completed_successfully',
  );
  return service.restart === 'no' && (awaited || service.profiles?.includes(name) === true);
}

function unchecked(compose: ComposeFile, name: string, service: ComposeService): string[] {
  if (isOneShot(compose, name, service)) return [];
  return [
    ...((service.healthcheck?.test ?? []).length > 1 ? [] : ['has no health check and is no one-shot']),
    ...(service.restart === 'unless-stopped' ? [] : ['does not start again when it fails']),
  ];
}

function openDependencies(
  compose: ComposeFile,
  { depends_on: on = {}, profiles = [] }: ComposeService,
): string[] {
  if (Array.isArray(on)) return ['lists what it depends on, but not what it waits for'];
  return Object.entries(on).flatMap(([other, { condition }]) => {
    const target = compose.services[other];
    if (target === undefined) return [`depends on ${other}, which is no service`];
    if (condition === 'service_completed_successfully') {
      return isOneShot(compose, other, target) ? [] : [`waits for the end of ${other}, which goes on`];
    }
    if (condition !== 'service_healthy') return [`does not say what it waits for in ${other}`];
    const absent = (target.profiles ?? []).some((profile) => !profiles.includes(profile));
    return [
      ...(target.healthcheck === undefined ? [`waits for the health of ${other}, which has no check`] : []),
      ...(absent ? [`depends on ${other}, which its profiles do not start`] : []),
    ];
  });
}

function openPorts({ ports = [] }: ComposeService): string[] {
  return ports
    .filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))
    .map((port) => `port ${port} can be reached from other machines`);
}

function unknownVariables({ build, environment = {} }: ComposeService, known: ReadonlySet<string>): string[] {
  if (build === undefined) return [];
  return Object.keys(environment)
    .filter((name) => !known.has(name))
    .map((name) => `${name} is no documented variable of the product`);
}
