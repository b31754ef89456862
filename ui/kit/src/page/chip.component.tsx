import type { ReactNode } from 'react';
import { Icon, type IconName } from '../icons/icon.component.tsx';

export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad';

interface ChipProps {
  tone?: Tone;
  icon?: IconName;
  title?: string;
  children: ReactNode;
}

/** A small label for a state; the words carry the meaning, the colour only helps. */
export const Chip = ({ tone = 'neutral', icon, title, children }: ChipProps) => (
  <span className={`v-chip v-tone-${tone}`} title={title}>
    {icon ? <Icon name={icon} size={14} /> : <span className="v-dot" aria-hidden />}
    {children}
  </span>
);
