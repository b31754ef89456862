import type { Tone } from '@valero/ui';
import type { ServiceOut, State } from '../api.ts';
import { observerTexts } from '../texts.ts';

export const TONES: Record<State, Tone> = {
  starting: 'info',
  up: 'good',
  suspect: 'warn',
  down: 'bad',
  gone: 'neutral',
  impostor: 'bad',
  maintenance: 'neutral',
};

export function useStateNames(): Record<State, string> {
  const t = observerTexts.use();
  return {
    starting: t('stateStarting'),
    up: t('stateUp'),
    suspect: t('stateSuspect'),
    down: t('stateDown'),
    gone: t('stateGone'),
    impostor: t('stateImpostor'),
    maintenance: t('stateMaintenance'),
  };
}

export const isTroubled = ({ state }: Pick<ServiceOut, 'state'>): boolean =>
  TONES[state] === 'bad' || state === 'suspect';
