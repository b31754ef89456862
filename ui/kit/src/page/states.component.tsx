/** Loading, empty, nothing found and error: four states that never look alike. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { asProblem } from '../api/problem.ts';
import { Icon, type IconName } from '../icons/icon.component.tsx';
import { kitTexts } from '../texts/kit-texts.ts';

interface StateProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'neutral' | 'good' | 'bad';
  role?: 'alert' | 'status';
  /** It is the whole page. */
  isPage?: boolean;
}

/** A calm statement in the middle of an empty area. */
export const StateMessage = ({
  icon,
  title,
  children,
  action,
  tone = 'neutral',
  role,
  isPage,
}: StateProps) => (
  <div className="v-state" role={role}>
    <span className={`v-state-icon v-tone-${tone}`}>
      <Icon name={icon} size={22} />
    </span>
    {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
    {children && <div className="v-muted">{children}</div>}
    {action}
  </div>
);

interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?(): void;
}

export function ErrorState({ error, title, onRetry }: ErrorStateProps) {
  const t = kitTexts.use();
  const problem = asProblem(error);
  const retry = onRetry && (
    <Button variant="default" leftSection={<Icon name="restart" size={16} />} onClick={() => onRetry()}>
      {t('retry')}
    </Button>
  );
  return (
    <StateMessage
      role="alert"
      icon={problem.status === 403 ? 'lock' : problem.status === 0 ? 'offline' : 'alert'}
      tone="bad"
      title={title ?? t('errorTitle')}
      action={retry}
    >
      {problem.message}
    </StateMessage>
  );
}

interface LoadingRowsProps {
  rows?: number;
  height?: number;
  /** What is being loaded, for screen readers. */
  label?: string;
}

/** Grey bars in the shape of rows, announced once to screen readers. */
export function LoadingRows({ rows = 8, height = 40, label }: LoadingRowsProps) {
  const t = kitTexts.use();
  return (
    <div className="v-loading" role="status">
      <span className="v-visually-hidden">{label ?? t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height }}>
          <Skeleton height={10} width={`${[22, 30, 26, 34][row % 4]}%`} />
          <Skeleton height={10} width="14%" />
          <Skeleton height={10} width="9%" />
        </div>
      ))}
    </div>
  );
}
