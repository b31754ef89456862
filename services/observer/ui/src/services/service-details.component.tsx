import { formatNumber, useLanguage } from '@valero/ui';
import type { ReactNode } from 'react';
import type { DecisionOut, InstanceOut, ServiceOut } from '../api.ts';
import { observerTexts } from '../texts.ts';

interface ServiceDetailsProps {
  service: ServiceOut;
  titleOf(id: string): string;
}

/** Everything behind the state: why, what the Observer does about it, limits and processes. */
export function ServiceDetails({ service, titleOf }: ServiceDetailsProps) {
  const t = observerTexts.use();
  return (
    <div className="o-details">
      {service.instances.map((instance) => (
        <InstanceDetails key={instance.instance} instance={instance} isNamed={service.instances.length > 1} />
      ))}
      <dl>
        <Detail label={t('detailsLimits')}>{useLimits(service)}</Detail>
        <Detail label={t('detailsDependsOn')}>{service.depends_on.map(titleOf).join(', ')}</Detail>
      </dl>
    </div>
  );
}

interface InstanceDetailsProps {
  instance: InstanceOut;
  /** When there are several. */
  isNamed: boolean;
}

function InstanceDetails({ instance, isNamed }: InstanceDetailsProps) {
  const t = observerTexts.use();
  const language = useLanguage();
  const decision = useDecision(instance.decision);
  const hang = useHang(instance.hang);
  const breaches = useBreaches(instance.breaches);
  const outputs = instance.checks.filter(({ status, output }) => status !== 'pass' && output);
  return (
    <section>
      {isNamed && <h3>{instance.instance}</h3>}
      <dl>
        <Detail label={t('detailsWhy')}>
          {[instance.text[language], hang, instance.crash_looping && t('crashLooping')]
            .filter(Boolean)
            .join(' ')}
        </Detail>
        <Detail label={t('detailsDecision')}>{decision}</Detail>
        <Detail label={t('detailsBreaches')}>{breaches}</Detail>
        <Detail label={t('detailsChecks')}>{outputs.map(({ output }) => output).join(' ')}</Detail>
        <Detail label={t('detailsProcess')}>
          {instance.pid && `${instance.instance}, PID ${instance.pid}`}
        </Detail>
        <Detail label={t('detailsVersion')}>{instance.version}</Detail>
        <Detail label={t('detailsConnections')}>
          {instance.db_connections !== null && formatNumber(instance.db_connections)}
        </Detail>
      </dl>
    </section>
  );
}

const Detail = ({ label, children }: { label: string; children: ReactNode }) =>
  children ? (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;

function useDecision(decision: DecisionOut | null): string | null {
  const t = observerTexts.use();
  if (!decision) return null;
  const deeds: Record<DecisionOut['deed'], string> = {
    nothing: t('deedNothing'),
    wait: t('deedWait'),
    start: t('deedStart'),
    end_hang: t('deedEndHang'),
  };
  const reasons: Record<DecisionOut['because'], string> = {
    not_needed: t('becauseNotNeeded'),
    not_ours: t('becauseNotOurs'),
    switched_off: t('becauseSwitchedOff'),
    supervisor_restarts: t('becauseSupervisorRestarts'),
    dependency_down: t('becauseDependencyDown'),
    patience: t('becausePatience'),
    ladder: t('becauseLadder'),
    budget: t('becauseBudget'),
    process_died: t('becauseProcessDied'),
    process_hangs: t('becauseProcessHangs'),
  };
  const soon = decision.in_seconds
    ? ` (${t('detailsDecisionSoon', { seconds: Math.ceil(decision.in_seconds) })})`
    : '';
  return `${deeds[decision.deed]}${soon}: ${reasons[decision.because]}.`;
}

function useHang(hang: InstanceOut['hang']): string | null {
  const t = observerTexts.use();
  const hangs = {
    stopped: t('hangStopped'),
    blocked: t('hangBlocked'),
    busy: t('hangBusy'),
    deaf: t('hangDeaf'),
  };
  return hang && hangs[hang];
}

function useBreaches(breaches: readonly string[]): string {
  const t = observerTexts.use();
  const names: Record<string, string> = {
    cpu_percent: t('breachCpu'),
    memory_mb: t('breachMemory'),
    p95_ms: t('breachLatency'),
    error_ratio: t('breachErrors'),
  };
  return breaches
    .map((breach) => names[breach])
    .filter(Boolean)
    .join(', ');
}

function useLimits({ thresholds }: ServiceOut): string {
  const t = observerTexts.use();
  const { cpu_percent, memory_mb, p95_ms, error_ratio } = thresholds;
  const limits = [
    p95_ms !== null && t('limitLatency', { value: formatNumber(p95_ms) }),
    cpu_percent !== null && t('limitCpu', { value: formatNumber(cpu_percent) }),
    memory_mb !== null && t('limitMemory', { value: formatNumber(memory_mb) }),
    error_ratio !== null && t('limitErrors', { value: formatNumber(error_ratio * 100, 1) }),
  ];
  return limits.filter(Boolean).join(', ');
}
