import { Anchor, Button } from '@mantine/core';
import { Ago, ErrorState, formatTime, LoadingRows, type Tone, useLanguage } from '@valero/ui';
import type { EventOut, ServiceOut, Severity } from '../api.ts';
import { observerTexts } from '../texts.ts';
import { useEvents } from './events.resource.ts';

interface TimelineProps {
  /** null: the events of all services. */
  service: ServiceOut | null;
  onAll(): void;
}

export function Timeline({ service, onAll }: TimelineProps) {
  const t = observerTexts.use();
  const events = useEvents(service?.id ?? null);
  const shown = events.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <aside className="o-timeline" aria-label={t('events')} tabIndex={0}>
      <header>
        <h2>{service ? t('eventsOf', { name: service.title }) : t('events')}</h2>
        {service && (
          <Anchor component="button" type="button" size="sm" onClick={onAll}>
            {t('eventsAll')}
          </Anchor>
        )}
      </header>
      {events.isPending && <LoadingRows rows={6} />}
      {events.isError && shown.length === 0 && <ErrorState error={events.error} onRetry={events.refetch} />}
      {events.isSuccess && shown.length === 0 && <p className="v-muted o-none">{t('eventsEmpty')}</p>}
      <ol>
        {shown.map((event, index) => (
          <EventLine key={event.id ?? `${event.at}${index}`} event={event} />
        ))}
      </ol>
      {events.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          {t('eventsMore')}
        </Button>
      )}
    </aside>
  );
}

const TONES: Record<Severity, Tone> = { info: 'neutral', warning: 'warn', critical: 'bad' };

function EventLine({ event: { at, text, severity, state_after } }: { event: EventOut }) {
  const t = observerTexts.use();
  const language = useLanguage();
  const names: Record<Severity, string> = {
    info: t('severityInfo'),
    warning: t('severityWarning'),
    critical: t('severityCritical'),
  };
  const tone = severity === 'info' && state_after === 'up' ? 'good' : TONES[severity];
  return (
    <li className={`v-tone-${tone}`}>
      <span className="v-dot" role="img" aria-label={names[severity]} />
      <div>
        <p>{text[language]}</p>
        <span className="v-muted v-figures">
          {formatTime(at)} · <Ago instant={at} />
        </span>
      </div>
    </li>
  );
}
