import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configMapName,
  deploymentName,
  hostnameOf,
  labelValue,
  nodeId,
  serviceId,
  serviceName,
  variableName,
} from '../../../connectors/kubernetes/names.ts';

const rfc1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const rfc1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const label = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Names as people give them: close to each other, so that they can collide. */
const awkward = fc.oneof(
  fc.constantFrom('EW:VE:TW:WQ:01', 'bts_dataproc_service', 'RaspberryPi_01', 'Ärger', '日本', '', '-', '--'),
  fc.constantFrom(
    'a_b',
    'a-b',
    'a--b',
    'A-B',
    'a.b',
    'a-b-',
    '1a',
    'web-frontend',
    '\ud800',
    'x'.repeat(300),
  ),
  fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', 'A', '-', '_', '1', ':', '.') }),
  fc.string({ minLength: 40, maxLength: 70, unit: fc.constantFrom('a', 'b', '-') }),
);
/** And names that were derived from others. */
const names = fc.oneof(awkward, awkward.map(serviceId), awkward.map(serviceName), awkward.map(nodeId));

describe('names of objects', () => {
  it.each([
    ['web', 'web', 'web-service', 'web-next'],
    ['ml-processing', 'ml-processing', 'ml-processing-service', 'ml-processing-next'],
    ['web-frontend', 'web-frontend', 'web-frontend-service', 'web-frontend-next'],
  ])('keep %s', (service, id, named, config) => {
    expect([serviceId(service), serviceName(service), configMapName(service)]).toEqual([id, named, config]);
  });

  it.each([
    ['EW:VE:TW:WQ:01', /^ew-ve-tw-wq-01-x[0-9a-f]{10}$/],
    ['bts_dataproc_service', /^bts-dataproc-service-x[0-9a-f]{10}$/],
    ['Ärger', /^arger-x[0-9a-f]{10}$/],
    ['1st', /^s-1st-x[0-9a-f]{10}$/],
    ['日本', /^s-x[0-9a-f]{10}$/],
    ['', /^s-x[0-9a-f]{10}$/],
    ['a--b', /^a-b-x[0-9a-f]{10}$/],
    ['x'.repeat(300), /^x{43}-x[0-9a-f]{10}$/],
  ])('derive one from %j', (service, expected) => {
    expect(serviceId(service)).toMatch(expected);
  });

  it('are what Kubernetes takes, whatever is named', () => {
    fc.assert(
      fc.property(names, names, (service, node) => {
        for (const name of [serviceId(service), serviceName(service), configMapName(service)])
          expect(name).toMatch(rfc1035);
        expect(serviceName(service).length).toBeLessThanOrEqual(63);
        expect(nodeId(node)).toMatch(rfc1123);
        expect(nodeId(node).length).toBeLessThanOrEqual(63);
        const deployment = deploymentName(service, node);
        expect(deployment).toMatch(rfc1035);
        expect(deployment.length).toBeLessThanOrEqual(63);
        expect(labelValue(service)).toMatch(label);
        expect(labelValue(service).length).toBeLessThanOrEqual(63);
        expect(hostnameOf({ name: node, labels: {} })).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
        expect(hostnameOf({ name: node, labels: {} }).length).toBeLessThanOrEqual(63);
        expect(variableName(service)).toMatch(/^[A-Z][A-Z0-9_]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are of one thing each', () => {
    const different = fc.uniqueArray(names, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(different, (all) => {
        const of = (name: (text: string) => string) => new Set(all.map(name)).size;
        expect([of(serviceId), of(nodeId), of(labelValue)]).toEqual([all.length, all.length, all.length]);
        const pairs = all.flatMap((service) => all.map((node) => deploymentName(service, node)));
        // A service whose node is left to the scheduler has a Deployment named by the service alone.
        expect(new Set([...pairs, ...all.map(serviceId)]).size).toBe(all.length ** 2 + all.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('do not depend on what else is named', () => {
    expect(serviceId('a_b')).toBe(serviceId('a_b'));
    expect(deploymentName('a', 'b-c')).not.toBe(deploymentName('a-b', 'c'));
  });
});

describe('the host of a node', () => {
  it.each([
    ['pi-1', {}, 'pi-1'],
    ['10-0-0-1', {}, '10-0-0-1'],
    ['edge', { 'kubernetes.io/hostname': 'edge.example.org' }, 'edge.example.org'],
    ['RaspberryPi_01', { 'kubernetes.io/hostname': 'RaspberryPi_01' }, 'raspberrypi-01'],
  ])('%s with %j is %s', (name, labels, expected) => {
    expect(hostnameOf({ name, labels })).toBe(expected);
  });
});
