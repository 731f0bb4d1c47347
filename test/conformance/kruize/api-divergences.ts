/**
 * Where we answer otherwise than the running Kruize, on purpose: per case what we say, and why. A case that is not listed has to be
 * answered alike, status and texts.
 */

/** Why an answer differs. */
const why = {
  exception: 'Kruize answers 500, nothing, or the text of an exception; here a 400 names the field',
  leak: 'in Kruize texts of earlier records leak into later ones',
  either: 'ROS deletes without rm=true; both are taken',
  once: 'Kruize asks for the blank name; here it is a name that does not exist, as its other answer says',
  told: 'the answer 405 has no text in Kruize',
} as const;

/** A difference. */
export interface Divergence {
  readonly status: number;
  /** Message, or `<status> <text>` of the only record. */
  readonly says: string;
  readonly why: (typeof why)[keyof typeof why];
}

const exception = (says: string): Divergence => ({ status: 400, says, why: why.exception });
const target = 'target_cluster: "xyz" is not supported. Use remote.';
const objects =
  'Either parameter should be present: [kubernetes_objects, selector], and results need kubernetes_objects';
const numeric = 'Invalid value type for aggregation_info objects. Expected a numeric value (Double).';
const noObject = '400 kubernetes_objects: name one workload with containers, or one namespace';

/** By the name of the case in the outside data. */
export const divergences: Readonly<Record<string, Divergence>> = {
  'mandatory field absent': exception('Mandatory parameters missing [mode] '),
  'unknown name': exception('Experiment not found!'),
  'create without mode': exception('Mandatory parameters missing [mode] '),
  'create null mode': exception('Mandatory parameters missing [mode] '),
  'create without target_cluster': exception('Mandatory parameters missing [target_cluster] '),
  'create null target_cluster': exception('Mandatory parameters missing [target_cluster] '),
  'create without kubernetes_objects': exception(objects),
  'create null kubernetes_objects': exception(objects),
  'create target xyz': exception(target),
  'create body {}': exception('The body has to be an array of exactly one experiment.'),
  'create body junk': exception('The body is no JSON: send an array of exactly one experiment.'),
  'create empty body': exception('The body is no JSON: send an array of exactly one experiment.'),
  'delete unknown ?rm=true': exception('Experiment not found!'),
  'delete known ': {
    status: 201,
    says: 'Experiment deleted successfully. View registered experiments at /listExperiments',
    why: why.either,
  },
  'delete no name': exception('experiment_name: name the experiment to delete'),
  'delete junk': exception('The body is no JSON: send an array of exactly one experiment.'),
  'ur containers absent': exception(noObject),
  'ur k8s []': exception(noObject),
  "ur agg 'abc'": exception(`${numeric} avg of cpuUsage is "abc".`),
  'ur agg True': exception(`${numeric} avg of cpuUsage is true.`),
  'ur metric no results': exception(
    '400 Performance profile: [results.aggregation_info is missing for the metric variable: cpuUsage for container : c for experiment: api.]',
  ),
  'ur experiment_name blank': {
    status: 400,
    says: '400 Not Found: experiment_name does not exist: ',
    why: why.once,
  },
  'ur empty': exception('Failed to parse the JSON. Please check the input payload '),
  'PUT createExperiment': {
    status: 405,
    says: 'HTTP method PUT is not supported by this URL',
    why: why.told,
  },
};

/** Experiments by objective and selector; test/e2e/slo-experiments.system.test.ts. Not compared with the running Kruize. */
export const experiments = {
  selector:
    'kept and shown as sent; alone, without kubernetes_objects, it is refused at once: no result could name its workload',
  slo: 'kept and shown as sent, in place of a profile, which Kruize makes of it; results and advice are as with the ROS profile',
} as const;

/** Numbers of recommendations that differ on purpose; each has a test in test/e2e/accelerators.system.test.ts. */
export const numbers = {
  acceleratorFrameBufferUsage:
    'Kruize reads MiB as per cent, so that any frame buffer needs the whole card; here it is an amount of its memory',
  cards:
    'slices are known of A100 and H100 whose name tells 40 or 80 GB; other cards, which Kruize has tables for, get notice 328001',
} as const;

/** Files of which a record's text leaks into the next; the last text of each record is its own. */
export const leaks = why.leak;
