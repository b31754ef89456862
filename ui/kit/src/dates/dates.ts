/**
 * Calendar days as ISO strings ("2026-11-20") and instants as ISO timestamps.
 * Days are shown and typed in German order whatever the language; instants in Berlin time.
 */
import { currentLanguage } from '../texts/texts.ts';

export type Day = string;

const ZONE = 'Europe/Berlin';
const MILLISECONDS_A_DAY = 86_400_000;

/** Today in Berlin. */
export const today = (now: Date = new Date()): Day =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(now);

export function formatDay(day: Day): string {
  const [year, month, date] = day.split('-');
  return `${date}.${month}.${year}`;
}

export const addDays = (day: Day, days: number): Day =>
  iso(new Date(Date.parse(`${day}T00:00:00Z`) + days * MILLISECONDS_A_DAY));

export const startOfMonth = (day: Day, months = 0): Day => {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return iso(date);
};

export const endOfMonth = (day: Day, months = 0): Day => addDays(startOfMonth(day, months + 1), -1);

export const startOfYear = (day: Day, years = 0): Day => `${Number(day.slice(0, 4)) + years}-01-01`;

export const endOfYear = (day: Day, years = 0): Day => `${Number(day.slice(0, 4)) + years}-12-31`;

const iso = (date: Date): Day => date.toISOString().slice(0, 10);

/**
 * Reads a day as bookkeepers type it: "20.11.2026", "20.11.", "2011", "201126", "3" (of this
 * month), "+7", "-1" (from today), "h" (today). Returns null for days that do not exist.
 */
export function parseDay(text: string, now: Day = today()): Day | null {
  const typed = text.trim().toLowerCase();
  if (/^(h|heute|t|today)$/.test(typed)) return now;
  if (/^[+-]\d{1,4}$/.test(typed)) return addDays(now, Number(typed));
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typed) ?? [];
  if (year && month && day) return existing(year, month, day);
  const parts = typed.includes('.') ? dotted(typed) : packed(typed);
  if (!parts) return null;
  const [date = '', inMonth = now.slice(5, 7), inYear = now.slice(0, 4)] = parts;
  return existing(inYear.length === 2 ? `20${inYear}` : inYear, inMonth, date);
}

const dotted = (typed: string): string[] | null =>
  /^\d{1,2}(\.\d{1,2}(\.(\d{2}|\d{4})?)?|\.)$/.test(typed) ? typed.split('.').filter(Boolean) : null;

const packed = (typed: string): string[] | null =>
  /^(\d{1,2})(?:$)|^(\d\d)(\d\d)(\d{2}|\d{4})?$/
    .exec(typed)
    ?.slice(1)
    .filter((part): part is string => part !== undefined) ?? null;

function existing(year: string, month: string, date: string): Day | null {
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || iso(new Date(time)) !== day ? null : day;
}

/** "20.11.2026, 14:05" */
export const formatInstant = (instant: string): string =>
  new Intl.DateTimeFormat('de-DE', { timeZone: ZONE, dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );

/** "14:05:09" */
export const formatTime = (instant: string): string =>
  new Intl.DateTimeFormat('de-DE', { timeZone: ZONE, timeStyle: 'medium' }).format(new Date(instant));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "vor 3 Minuten"; below a minute "jetzt". */
export function formatAgo(instant: string, now: number = Date.now()): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000);
  const words = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' });
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  return words.format(0, 'second');
}

/** "Freitag, 20. November 2026" */
export const formatDayInWords = (day: Day): string =>
  new Intl.DateTimeFormat(currentLanguage() === 'de' ? 'de-DE' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
