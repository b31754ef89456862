import { useQuery } from '@tanstack/react-query';
import { ErrorState, formatAgo, LiveChip, LoadingRows, Notice, PageHeader, StateMessage } from '@valero/ui';
import { useState } from 'react';
import type { ServiceOut } from '../api.ts';
import { Timeline } from '../events/timeline.component.tsx';
import { observerTexts } from '../texts.ts';
import { ServiceRow } from './service-row.component.tsx';
import { servicesQuery, useServicesStream } from './services.resource.ts';
import { isTroubled } from './state.ts';

/** How everything is, live; what is shown stays while the stream reconnects. */
export function ServicesPage() {
  const t = observerTexts.use();
  const live = useServicesStream();
  const services = useQuery(servicesQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = services.data ?? [];
  const chosenService = shown.find(({ id }) => id === chosen);
  return (
    <div className="v-page o-page">
      <PageHeader title={t('title')} badge={<LiveChip state={live} />} hint={t('description')} />
      <div className="o-columns">
        <div className="o-services">
          {services.isPending && <LoadingRows rows={7} height={56} />}
          {services.isError && shown.length === 0 && (
            <ErrorState error={services.error} onRetry={services.refetch} />
          )}
          {services.isSuccess && shown.length === 0 && (
            <StateMessage icon="pulse" title={t('noServices')}>
              {t('noServicesHint')}
            </StateMessage>
          )}
          {shown.length > 0 && (
            <>
              <Summary services={shown} isStale={live === 'reconnecting'} />
              <ServiceGroup
                title={t('services')}
                services={shown}
                kind="service"
                chosen={chosen}
                onChoose={setChosen}
              />
              <ServiceGroup
                title={t('infrastructure')}
                services={shown}
                kind="infrastructure"
                chosen={chosen}
                onChoose={setChosen}
              />
            </>
          )}
        </div>
        <Timeline service={chosenService ?? null} onAll={() => setChosen(null)} />
      </div>
    </div>
  );
}

function Summary({ services, isStale }: { services: ServiceOut[]; isStale: boolean }) {
  const t = observerTexts.use();
  const troubled = services.filter(isTroubled).length;
  const starting = services.filter(({ state }) => state === 'starting').length;
  const newest =
    services
      .map(({ as_of }) => as_of)
      .sort()
      .at(-1) ?? new Date().toISOString();
  return (
    <div className="o-summary" role="status">
      {troubled > 0 ? (
        <Notice tone="bad">
          <strong>{t('troubled', { count: troubled })}</strong>
        </Notice>
      ) : starting > 0 ? (
        <Notice tone="info">
          <strong>{t('starting', { count: starting })}</strong>
        </Notice>
      ) : (
        <Notice tone="good">
          <strong>{t('allUp')}.</strong> {t('allUpHint', { count: services.length })}
        </Notice>
      )}
      {isStale && <Notice tone="warn">{t('stale', { when: formatAgo(newest) })}</Notice>}
    </div>
  );
}

interface ServiceGroupProps {
  title: string;
  services: ServiceOut[];
  kind: ServiceOut['role'];
  chosen: string | null;
  onChoose(id: string | null): void;
}

function ServiceGroup({ title, services, kind, chosen, onChoose }: ServiceGroupProps) {
  const t = observerTexts.use();
  const members = services.filter((service) => service.role === kind);
  if (members.length === 0) return null;
  return (
    <section className="o-group" aria-label={title}>
      <div className="o-row o-labels" aria-hidden>
        <span>{title}</span>
        <span>{t('state')}</span>
        <span className="v-right">{t('cpu')}</span>
        <span className="v-right">{t('memory')}</span>
        <span className="o-latency">{t('latency')}</span>
        <span>{t('since')}</span>
        <span />
      </div>
      <ul>
        {members.map((service) => (
          <ServiceRow
            key={service.id}
            service={service}
            services={services}
            isOpen={service.id === chosen}
            onToggle={() => onChoose(service.id === chosen ? null : service.id)}
          />
        ))}
      </ul>
    </section>
  );
}
