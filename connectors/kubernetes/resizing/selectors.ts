/** Whether labels are what a selector of Kubernetes wants. */
import { fields, items, text } from './objects.ts';

/** matchLabels and matchExpressions; a selector that says nothing selects everything, none at all nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels, matchExpressions } = fields(selector);
  return (
    Object.entries(fields(matchLabels)).every(([name, value]) => labels[name] === value) &&
    items(matchExpressions).every(({ key, operator, values }) => {
      const value = labels[text(key)];
      const among = Array.isArray(values) && values.includes(value);
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && among;
      return operator === 'NotIn' && (value === undefined || !among);
    })
  );
}
