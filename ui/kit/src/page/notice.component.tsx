import type { ReactNode } from 'react';
import { Icon, type IconName } from '../icons/icon.component.tsx';
import type { Tone } from './chip.component.tsx';

const ICONS: Record<Tone, IconName> = {
  neutral: 'info',
  info: 'info',
  good: 'circleCheck',
  warn: 'alert',
  bad: 'circleX',
};

interface NoticeProps {
  tone: Tone;
  role?: 'alert' | 'status';
  action?: ReactNode;
  children: ReactNode;
}

/** A line within a page that must not be overlooked. */
export const Notice = ({ tone, role, action, children }: NoticeProps) => (
  <div className={`v-notice v-tone-${tone}`} role={role}>
    <Icon name={ICONS[tone]} />
    <div>{children}</div>
    {action}
  </div>
);
