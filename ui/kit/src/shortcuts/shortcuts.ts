/**
 * All keyboard shortcuts of what is on screen, in one registry: the sheet behind "?" and the hints on
 * buttons are read from it. Keys are written "ctrl+enter", "alt+arrowdown", "g b" (one after the
 * other) or "?". On a Mac, ctrl also means the command key.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { currentLanguage } from '../texts/texts.ts';

export interface Shortcut {
  keys: string;
  label: string;
  /** Heading in the sheet. */
  group: string;
}

interface Registered extends Shortcut {
  run(): void;
}

const SEQUENCE_MILLISECONDS = 1_200;
const EMPTY: readonly Shortcut[] = [];

let registered: readonly Registered[] = EMPTY as readonly Registered[];
let pending: { key: string; at: number } | null = null;
const listeners = new Set<() => void>();

function set(next: readonly Registered[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useShortcuts = (): readonly Shortcut[] =>
  useSyncExternalStore(
    subscribe,
    () => registered,
    () => EMPTY,
  );

/** Registers a shortcut while the component is on screen; the latest one on the same keys wins. */
export function useShortcut(
  keys: string,
  group: string,
  label: string,
  run: () => void,
  enabled = true,
): void {
  const latest = useEffectEvent(run);
  useEffect(() => {
    if (!enabled) return;
    const entry: Registered = { keys, group, label, run: () => latest() };
    set([...registered, entry]);
    return () => set(registered.filter((other) => other !== entry));
  }, [keys, group, label, enabled]);
}

export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    if (!key || (isTyping(event) && !/^(ctrl|alt)\+/.test(key))) return;
    if (document.querySelector('[aria-modal="true"]') && !isInsideModal(event)) return;
    const entry = match(key, event.timeStamp);
    if (!entry) return;
    event.preventDefault();
    entry.run();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

function match(key: string, at: number): Registered | undefined {
  const sequence = pending && at - pending.at < SEQUENCE_MILLISECONDS ? `${pending.key} ${key}` : '';
  const entry = registered.findLast(({ keys }) => keys === sequence || keys === key);
  const startsSequence = registered.some(({ keys }) => keys.startsWith(`${key} `));
  pending = !entry && startsSequence ? { key, at } : null;
  return entry;
}

function keyOf(event: KeyboardEvent): string {
  if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return '';
  const isLetter = /^[a-z]$/i.test(event.key);
  const modifiers = [
    (event.ctrlKey || event.metaKey) && 'ctrl',
    event.altKey && 'alt',
    event.shiftKey && (isLetter || event.key.length > 1) && 'shift',
  ];
  return [...modifiers.filter(Boolean), event.key.toLowerCase()].join('+');
}

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));

const isInsideModal = ({ target, ctrlKey, altKey }: KeyboardEvent): boolean =>
  (ctrlKey || altKey) && target instanceof HTMLElement && target.closest('[aria-modal="true"]') !== null;

const NAMES: Record<'de' | 'en', Record<string, string>> = {
  de: { ctrl: 'Strg', alt: 'Alt', shift: 'Umschalt', enter: 'Enter', escape: 'Esc', ' ': 'Leertaste' },
  en: { ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift', enter: 'Enter', escape: 'Esc', ' ': 'Space' },
};
const ARROWS: Record<string, string> = { arrowup: '↑', arrowdown: '↓', arrowleft: '←', arrowright: '→' };

/** "ctrl+enter" as ["Strg", "Enter"] */
export const keyNames = (keys: string): string[] =>
  keys.split(/[+ ](?=.)/).map((key) => ARROWS[key] ?? NAMES[currentLanguage()][key] ?? key.toUpperCase());

/** For aria-keyshortcuts: "Control+Enter" */
export const ariaKeys = (keys: string): string =>
  keys
    .split('+')
    .map((key) => (key === 'ctrl' ? 'Control' : key.charAt(0).toUpperCase() + key.slice(1)))
    .join('+');
