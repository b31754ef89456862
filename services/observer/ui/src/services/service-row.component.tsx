import { ActionIcon, Tooltip } from '@mantine/core';
import { Ago, Chip, formatNumber, Icon, useCan, useLanguage } from '@valero/ui';
import { type ReactNode, useState } from 'react';
import type { InstanceOut, ServiceOut } from '../api.ts';
import { observerTexts } from '../texts.ts';
import { RestartDialog } from './restart.dialog.tsx';
import { ServiceDetails } from './service-details.component.tsx';
import { Sparkline } from './sparkline.component.tsx';
import { TONES, useStateNames } from './state.ts';

interface ServiceRowProps {
  service: ServiceOut;
  /** All of them, for the titles of what this one needs. */
  services: readonly ServiceOut[];
  isOpen: boolean;
  onToggle(): void;
}

export function ServiceRow({ service, services, isOpen, onToggle }: ServiceRowProps) {
  const t = observerTexts.use();
  const [first, ...others] = service.instances;
  const titleOf = (id: string) => services.find((other) => other.id === id)?.title ?? id;
  return (
    <li className={isOpen ? 'o-service is-open' : 'o-service'}>
      {first ? (
        <InstanceLine instance={first}>
          <button type="button" className="o-name" aria-expanded={isOpen} onClick={onToggle}>
            <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={14} />
            <span className="v-visually-hidden">{t('details')} </span>
            <strong>{service.title}</strong>
            {others.length > 0 && <span className="v-muted">{first.instance}</span>}
          </button>
          <Why
            instance={first}
            affectedBy={service.affected_by.map(titleOf)}
            description={service.description}
          />
        </InstanceLine>
      ) : (
        <p className="o-row">{service.title}</p>
      )}
      {others.map((instance) => (
        <InstanceLine key={instance.instance} instance={instance}>
          <span className="o-other v-muted">{instance.instance}</span>
          <Why instance={instance} affectedBy={[]} description="" />
        </InstanceLine>
      ))}
      {isOpen && <ServiceDetails service={service} titleOf={titleOf} />}
    </li>
  );
}

interface WhyProps {
  instance: InstanceOut;
  affectedBy: string[];
  description: string;
}

/** Trouble is explained at once; a healthy service only says what it is. */
function Why({ instance: { text, state }, affectedBy, description }: WhyProps) {
  const t = observerTexts.use();
  const language = useLanguage();
  if (affectedBy.length > 0)
    return <span className="o-why v-negative">{t('affectedBy', { names: affectedBy.join(', ') })}</span>;
  return <span className="o-why v-muted v-cut">{state === 'up' ? description : text[language]}</span>;
}

interface InstanceLineProps {
  instance: InstanceOut;
  children: ReactNode;
}

function InstanceLine({ instance, children }: InstanceLineProps) {
  const t = observerTexts.use();
  const names = useStateNames();
  return (
    <div className="o-row">
      <div className="o-title">{children}</div>
      <span className="o-state">
        <Chip tone={TONES[instance.state]}>{names[instance.state]}</Chip>
      </span>
      <Measure label={t('cpu')} value={instance.cpu_percent} show={(value) => t('cpuUnit', { value })} />
      <Measure label={t('memory')} value={instance.memory_mb} show={(value) => t('memoryUnit', { value })} />
      <span className="o-latency">
        <Sparkline history={instance.history} />
        <Measure
          label={t('latency')}
          value={instance.latency_ms}
          show={(value) => t('latencyUnit', { value })}
        />
      </span>
      <span className="o-since v-muted">
        <Ago instant={instance.since} />
      </span>
      <RestartButton instance={instance} />
    </div>
  );
}

interface MeasureProps {
  label: string;
  value: number | null;
  show(value: string): string;
}

const Measure = ({ label, value, show }: MeasureProps) => (
  <span className="o-measure v-figures">
    <span className="v-visually-hidden">{label}: </span>
    {value === null ? <span className="v-muted">–</span> : show(formatNumber(value, value < 10 ? 1 : 0))}
  </span>
);

function RestartButton({ instance: { instance, can_restart } }: { instance: InstanceOut }) {
  const t = observerTexts.use();
  const canOperate = useCan('observer:operate');
  const [isAsking, setAsking] = useState(false);
  if (!canOperate || !can_restart) return <span />;
  const label = t('restartInstance', { name: instance });
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setAsking(true)}>
          <Icon name="restart" size={16} />
        </ActionIcon>
      </Tooltip>
      {isAsking && <RestartDialog instance={instance} onClose={() => setAsking(false)} />}
    </>
  );
}
