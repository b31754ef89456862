/** What the shell and the micro-frontends of the services know of each other. */
import type { ComponentType } from 'react';
import type { IconName } from '../icons/icon.component.tsx';
import type { Language } from '../texts/texts.ts';

export const CONTRACT = 1;

type InLanguages = Record<Language, string>;

export interface NavigationEntry {
  id: string;
  label: InLanguages;
  path: string;
  icon: IconName;
  /** Shown only to users who have it. */
  permission?: string | null;
  /** Second key of the jump "g x". */
  jump?: string;
}

/** One entry of /ui/registry.json. */
export interface Manifest {
  id: string;
  contract: number;
  title: string | InLanguages;
  entry: string;
  css?: string[];
  nav: NavigationEntry[];
  status: 'up' | 'down';
}

/** A record found by the command palette. */
export interface Hit {
  id: string;
  /** Heading under which it is listed, e.g. "Belege". */
  group: string;
  title: string;
  description?: string;
  path: string;
  icon?: IconName;
}

type Lazy = () => Promise<{ default: ComponentType }>;

/** The default export of a module's entry: light, everything heavy behind import(). */
export interface UiModule {
  contract: number;
  id: string;
  /** Has its own <Routes> below /<id>/. */
  App: Lazy;
  /** What a user should do next, for the start page. */
  Home?: Lazy;
  /** Records for the command palette. */
  search?(query: string, signal: AbortSignal): Promise<Hit[]>;
}

export const defineModule = (module: Omit<UiModule, 'contract'>): UiModule => ({
  contract: CONTRACT,
  ...module,
});

export const inLanguage = (text: string | InLanguages, language: Language): string =>
  typeof text === 'string' ? text : text[language];
