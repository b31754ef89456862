import { afterEach, describe, expect, it } from 'vitest';
import { defineTexts, setLanguage } from './texts.ts';

const texts = defineTexts(
  { hello: 'Guten Tag, {{name}}', files_one: '{{count}} Datei', files_other: '{{count}} Dateien' },
  { hello: 'Hello {{name}}', files_one: '{{count}} file', files_other: '{{count}} files' },
);

afterEach(() => setLanguage('de'));

describe('texts', () => {
  it('fill in values and choose the plural', () => {
    expect(texts.t('hello', { name: 'Erika' })).toBe('Guten Tag, Erika');
    expect([0, 1, 2].map((count) => texts.t('files', { count }))).toEqual([
      '0 Dateien',
      '1 Datei',
      '2 Dateien',
    ]);
  });

  it('follow the language at once, and so does the page', () => {
    setLanguage('en');
    expect(texts.t('hello', { name: 'Erika' })).toBe('Hello Erika');
    expect(document.documentElement.lang).toBe('en');
  });
});
