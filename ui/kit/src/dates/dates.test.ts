import { describe, expect, it } from 'vitest';
import { addDays, endOfMonth, formatAgo, formatDay, parseDay, startOfMonth, today } from './dates.ts';

const NOW = '2026-11-20';

describe('reading a day as bookkeepers type it', () => {
  it.each([
    ['3', '2026-11-03'],
    ['0304', '2026-04-03'],
    ['030427', '2027-04-03'],
    ['03042027', '2027-04-03'],
    ['3.4.', '2026-04-03'],
    ['3.4', '2026-04-03'],
    ['03.04.2027', '2027-04-03'],
    ['3.4.27', '2027-04-03'],
    ['+7', '2026-11-27'],
    ['-20', '2026-10-31'],
    ['h', NOW],
    ['Heute', NOW],
    ['2026-02-28', '2026-02-28'],
  ])('takes %s as %s', (typed, day) => {
    expect(parseDay(typed, NOW)).toBe(day);
  });

  it.each(['', '31.02.2026', '29.02.2026', '0', '32', '1313', 'morgen', '1.2.3.4'])(
    'does not accept %j',
    (typed) => {
      expect(parseDay(typed, NOW)).toBeNull();
    },
  );

  it('knows leap years', () => {
    expect(parseDay('29.02.2028', NOW)).toBe('2028-02-29');
  });
});

describe('days of the calendar', () => {
  it('shows German order', () => expect(formatDay('2026-01-05')).toBe('05.01.2026'));
  it('crosses months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(startOfMonth('2026-01-15', -1)).toBe('2025-12-01');
    expect(endOfMonth('2028-01-31', 1)).toBe('2028-02-29');
  });
  it('is already tomorrow in Berlin when it is late in London', () => {
    expect(today(new Date('2026-06-30T22:30:00Z'))).toBe('2026-07-01');
  });
});

describe('how long ago', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it('speaks in the largest whole unit', () => {
    expect(formatAgo('2026-11-20T11:57:00Z', now)).toBe('vor 3 Minuten');
    expect(formatAgo('2026-11-20T11:59:50Z', now)).toBe('jetzt');
    expect(formatAgo('2026-11-19T11:00:00Z', now)).toBe('gestern');
  });
});
