/** A recommendation as YAML to paste into a workload. */

/**
 * Resources of one container; null when there is no advice.
 * @param {Record<string, any>} row @param {string} term @param {string} engine
 */
export function snippet(row, term, engine) {
  const side = (name) => {
    const cpu = row[`${term}_${engine}_cpu_${name}`];
    const memory = row[`${term}_${engine}_memory_${name}`];
    return [
      typeof cpu === 'number' && `              cpu: ${Math.max(1, Math.ceil(cpu * 1000 - 1e-6))}m`,
      typeof memory === 'number' && `              memory: ${Math.max(1, Math.ceil(memory / 2 ** 20))}Mi`,
    ].filter(Boolean);
  };
  const [requests, limits] = [side('request'), side('limit')];
  if (requests.length === 0 && limits.length === 0) return null;
  return [
    `# ${row.namespace}, ${row.workload_type} ${row.workload}: ${engine}, ${term} term`,
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    `        - name: ${row.container}`,
    '          resources:',
    ...(requests.length > 0 ? ['            requests:', ...requests] : []),
    ...(limits.length > 0 ? ['            limits:', ...limits] : []),
  ].join('\n');
}
