/**
 * Interface texts in German and English. Every namespace is defined once in both languages, so that
 * a missing key is a compile error; switching needs no reload.
 */
import { useSyncExternalStore } from 'react';

export type Language = 'de' | 'en';
export const LANGUAGES: Record<Language, string> = { de: 'Deutsch', en: 'English' };

type Key<T> = keyof T extends infer K ? (K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K) : never;
type Values = Record<string, string | number>;

export type Translate<T> = (key: Key<T> & string, values?: Values) => string;

export interface Texts<T> {
  /** For components: renders again when the language changes. */
  use(): Translate<T>;
  /** Outside of components: the language at the time of the call. */
  t: Translate<T>;
}

const STORED_AS = 'valero.language';
const PLURALS: Record<Language, Intl.PluralRules> = {
  de: new Intl.PluralRules('de'),
  en: new Intl.PluralRules('en'),
};

let language: Language = 'de';
const listeners = new Set<() => void>();

export const currentLanguage = (): Language => language;

export function setLanguage(chosen: Language): void {
  language = chosen;
  localStorage.setItem(STORED_AS, chosen);
  document.documentElement.lang = chosen;
  for (const listener of listeners) listener();
}

/** German unless this browser has chosen otherwise before. */
export function restoreLanguage(): void {
  setLanguage(localStorage.getItem(STORED_AS) === 'en' ? 'en' : 'de');
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useLanguage = (): Language => useSyncExternalStore(subscribe, currentLanguage);

/** Values stand as {{name}}. Plurals are two keys, `files_one` and `files_other`: t('files', { count }). */
export function defineTexts<const T extends Record<string, string>>(
  german: T,
  english: Record<keyof T, string>,
): Texts<T> {
  const words: Record<Language, Record<string, string>> = { de: german, en: english };
  const translations: Record<Language, Translate<T>> = {
    de: (key, values) => filled(words.de, 'de', key, values),
    en: (key, values) => filled(words.en, 'en', key, values),
  };
  return {
    t: (key, values) => translations[language](key, values),
    use: () => translations[useLanguage()],
  };
}

function filled(words: Record<string, string>, spoken: Language, key: string, values: Values = {}): string {
  const text = words[key] ?? words[`${key}_${plural(spoken, values.count)}`] ?? key;
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}

const plural = (spoken: Language, count: string | number | undefined): string =>
  typeof count === 'number' && PLURALS[spoken].select(count) === 'one' ? 'one' : 'other';
