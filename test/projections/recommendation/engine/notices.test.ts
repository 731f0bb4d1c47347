import { describe, expect, it } from 'vitest';
import { notification, notifications } from '../../../../projections/recommendation/engine/notices.ts';

describe('notifications', () => {
  it.each([
    [111000, 'info', 'Recommendations Are Available'],
    [221001, 'error', 'Number of pods cannot be zero'],
    [323001, 'notice', 'CPU Usage is less than a millicore, No CPU Recommendations can be generated'],
    [423001, 'warning', 'CPU Limit Not Set'],
    [524002, 'critical', 'Memory Limit Not Set'],
  ])('%d is sent as %s: %s', (code, type, message) => {
    expect(notification(code)).toEqual({ code, type, message });
  });
  it('the map is keyed by the code as text', () => {
    expect(notifications([523001, 111101])).toEqual({
      '111101': notification(111101),
      '523001': notification(523001),
    });
  });
  it('codes that are never emitted are unknown', () => {
    expect(() => notification(323003)).toThrow('no notification has the code 323003');
    expect(() => notification(324002)).toThrow(RangeError);
  });
});
