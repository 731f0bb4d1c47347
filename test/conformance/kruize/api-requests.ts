/** Requests of our own: a base that is accepted, and one change each, by the names that the outside data gives them. */

/** An object that a test changes. */
export type Json = Record<string, unknown>;

/** A request. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** JSON, or text as it is. */
  readonly body?: unknown;
}

/** An experiment that is accepted, with changes; undefined leaves a field out. */
export function experiment(name: string, changes: Json = {}): Json {
  return {
    ...{ version: 'v2.0', experiment_name: name, cluster_name: 'c1' },
    ...{ performance_profile: 'resource-optimization-openshift', mode: 'monitor', target_cluster: 'remote' },
    kubernetes_objects: [workload([{ container_image_name: 'img', container_name: 'c' }])],
    trial_settings: { measurement_duration: '15min' },
    recommendation_settings: { threshold: '0.1' },
    ...changes,
  };
}

/** The same of a namespace. */
export const namespaceExperiment = (name: string): Json =>
  experiment(name, {
    experiment_type: 'namespace',
    kubernetes_objects: [{ namespaces: { namespace: 'ns' } }],
  });

const workload = (containers: unknown): Json => ({
  type: 'deployment',
  name: 'd',
  namespace: 'ns',
  containers,
});

const metric = (name: string, value: unknown, format: unknown): Json => ({
  name,
  results: { aggregation_info: { avg: value, min: value, max: value, sum: value, format } },
});

let quarter = 0;

/** A result that is accepted, of an interval that no other has. */
export function result(name: string, changes: Json = {}, metrics: readonly Json[] = usage()): Json {
  const end = Date.UTC(2024, 5, 1) + 900_000 * ++quarter;
  const container = { container_image_name: 'img', container_name: 'c', metrics };
  return {
    ...{ version: 'v2.0', experiment_name: name },
    interval_start_time: new Date(end - 900_000).toISOString(),
    interval_end_time: new Date(end).toISOString(),
    kubernetes_objects: [workload([container])],
    ...changes,
  };
}

/** Metrics that are accepted; `cpu` changes those of cpuUsage. */
function usage(cpu: (info: Json) => Json = (info) => info): Json[] {
  const used = metric('cpuUsage', 0.5, 'cores');
  const { aggregation_info: info } = used['results'] as { aggregation_info: Json };
  return [
    metric('cpuRequest', 1, 'cores'),
    { ...used, results: { aggregation_info: cpu(info) } },
    metric('memoryUsage', 50, 'MiB'),
    metric('memoryRSS', 40, 'MiB'),
  ];
}

const without = (object: Json, field: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));

const post = (path: string, body?: unknown): Request => ({ method: 'POST', path, body });
const create = (name: string, changes: Json = {}): Request =>
  post('/createExperiment', [experiment(name, changes)]);
const results = (...records: unknown[]): Request => post('/updateResults', records);
const withCpu = (cpu: (info: Json) => Json): Request => results(result('api', {}, usage(cpu)));
const withContainers = (containers: unknown): Request =>
  results(result('api', { kubernetes_objects: [workload(containers)] }));
const shifted = (seconds: number): Json => {
  const sent = result('api');
  const start = Date.parse(String(sent['interval_start_time']));
  return { ...sent, interval_end_time: new Date(start + seconds * 1000).toISOString() };
};
const remove = (body: unknown, query = '?rm=true'): Request => ({
  method: 'DELETE',
  path: `/createExperiment${query}`,
  body,
});

const fields = [
  ...['version', 'experiment_name', 'cluster_name', 'performance_profile', 'mode', 'target_cluster'],
  ...['kubernetes_objects', 'trial_settings', 'recommendation_settings'],
];
const twice = workload([{ container_image_name: 'img', container_name: 'c' }]);

/** Requests by name; the experiments `api`, `known` and `known2` have to exist. */
export function requests(): Record<string, Request> {
  const same = result('api');
  const first = result('api');
  const laterStart = new Date(Date.parse(String(first['interval_start_time'])) + 10_000).toISOString();
  return {
    ...Object.fromEntries(
      fields.flatMap((field) => [
        [`create without ${field}`, post('/createExperiment', [without(experiment(`w-${field}`), field)])],
        [`create null ${field}`, create(`n-${field}`, { [field]: null })],
      ]),
    ),
    'create null measurement_duration': create('v1', { trial_settings: { measurement_duration: null } }),
    'create null threshold': create('v2', { recommendation_settings: { threshold: null } }),
    'create k8s no type': create('v3', { kubernetes_objects: [without(twice, 'type')] }),
    'create k8s no name': create('v4', { kubernetes_objects: [without(twice, 'name')] }),
    'create two k8s objects': create('v5', { kubernetes_objects: [twice, { ...twice, name: 'e' }] }),
    'create mode recreate': create('v6', { mode: 'recreate' }),
    'create target xyz': create('v7', { target_cluster: 'xyz' }),
    'create body {}': post('/createExperiment', {}),
    'create body junk': post('/createExperiment', '[{'),
    'create empty body': post('/createExperiment', ''),
    'delete unknown ?rm=true': remove([{ experiment_name: 'nope' }]),
    'delete known ?rm=true': remove([{ experiment_name: 'known' }]),
    'delete known ': remove([{ experiment_name: 'known2' }], ''),
    'delete []': remove([]),
    'delete no name': remove([{}]),
    'delete junk': remove('junk'),
    'ur metrics absent': withContainers([{ container_image_name: 'img', container_name: 'c' }]),
    'ur metrics null': withContainers([{ container_image_name: 'img', container_name: 'c', metrics: null }]),
    'ur containers absent': results(result('api', { kubernetes_objects: [without(twice, 'containers')] })),
    'ur k8s []': results(result('api', { kubernetes_objects: [] })),
    "ur agg 'abc'": withCpu((info) => ({ ...info, avg: 'abc' })),
    "ur agg ''": withCpu((info) => ({ ...info, avg: '' })),
    'ur agg None': withCpu((info) => ({ ...info, avg: null })),
    'ur agg True': withCpu((info) => ({ ...info, avg: true })),
    'ur agg []': withCpu((info) => ({ ...info, avg: [] })),
    "ur agg '0.5'": withCpu((info) => ({ ...info, avg: '0.5' })),
    "ur agg 'NaN'": withCpu((info) => ({ ...info, avg: 'NaN' })),
    'ur cpuUsage without avg': withCpu((info) => without(info, 'avg')),
    'ur cpuUsage without max': withCpu((info) => without(info, 'max')),
    'ur cpuUsage without sum': withCpu((info) => without(info, 'sum')),
    "ur cpuUsage format=''": withCpu((info) => ({ ...info, format: '' })),
    'ur cpuUsage format=None': withCpu((info) => ({ ...info, format: null })),
    'ur metric no results': results(
      result('api', {}, [{ name: 'cpuUsage' }, ...usage().filter(({ name }) => name !== 'cpuUsage')]),
    ),
    'ur two same k8s objects': results(
      result('api', {
        kubernetes_objects: [1, 2].map(() =>
          workload([{ container_image_name: 'img', container_name: 'c', metrics: usage() }]),
        ),
      }),
    ),
    'ur unknown container': withContainers([
      { container_image_name: 'img', container_name: 'other', metrics: usage() },
    ]),
    'ur wrong image': withContainers([{ container_image_name: 'x', container_name: 'c', metrics: usage() }]),
    'ur version null': results(result('api', { version: null })),
    'ur version blank': results(result('api', { version: '' })),
    'ur experiment_name null': results(result('api', { experiment_name: null })),
    'ur experiment_name blank': results(result('api', { experiment_name: '' })),
    'ur name and version absent': results(without(without(result('api'), 'experiment_name'), 'version')),
    'ur interval_start_time null': results(result('api', { interval_start_time: null })),
    'ur interval_start_time blank': results(result('api', { interval_start_time: '' })),
    'ur interval_end_time null': results(result('api', { interval_end_time: null })),
    'ur interval_end_time blank': results(result('api', { interval_end_time: '' })),
    'ur end without ms': results(
      result('api', {
        interval_start_time: '2024-02-01T00:00:00.000Z',
        interval_end_time: '2024-02-01T00:15:00Z',
      }),
    ),
    'ur end==start': results(shifted(0)),
    'ur dur 870': results(shifted(870)),
    'ur dur 930': results(shifted(930)),
    'ur []': results(),
    'ur {}': post('/updateResults', {}),
    'ur empty': post('/updateResults', ''),
    'ur same twice in one call': results(same, same),
    'ur same end, other start': results(first, { ...first, interval_start_time: laterStart }),
    'ur ns metric in container': results(
      result('api', {}, [...usage(), metric('namespaceCpuUsage', 1, 'cores')]),
    ),
    'rec no params': post('/updateRecommendations'),
    'rec blank name': post(
      '/updateRecommendations?experiment_name=&interval_end_time=2024-01-01T00:45:00.000Z',
    ),
    'rec no ms': post('/updateRecommendations?experiment_name=api&interval_end_time=2024-01-01T00:00:00Z'),
    'rec interval_start_time given bad': post(
      '/updateRecommendations?experiment_name=api&interval_start_time=x&interval_end_time=2024-06-10T00:00:00.000Z',
    ),
    'updateRecommendations interval_start only': post(
      '/updateRecommendations?experiment_name=api&interval_start_time=2024-01-01T00:00:00.000Z',
    ),
    'GET updateResults': { method: 'GET', path: '/updateResults' },
    'PUT createExperiment': { method: 'PUT', path: '/createExperiment', body: [] },
    'listRec no name': { method: 'GET', path: '/listRecommendations?rm=true' },
    'listRec unknown param': { method: 'GET', path: '/listRecommendations?rm=true&x=y' },
    'listExp unknown name': { method: 'GET', path: '/listExperiments?rm=true&experiment_name=nope' },
    'delprof no name': { method: 'DELETE', path: '/deletePerformanceProfile' },
    'delprof in use': {
      method: 'DELETE',
      path: '/deletePerformanceProfile?name=resource-optimization-openshift',
    },
  };
}
