import { ActionIcon, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Chip, DayText, ErrorState, formatInstant, Icon, LoadingRows, useCan, useShortcut } from '@valero/ui';
import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import type { EntryOut } from '../api.ts';
import { Fact } from '../document/invoice.component.tsx';
import { fibuTexts } from '../texts.ts';
import { entryQuery } from './entries.resource.ts';
import { EntryLines } from './entry-lines.component.tsx';
import { ReversalChip } from './journal-columns.tsx';
import { ReversalDialog } from './reversal.dialog.tsx';

/** One entry beside the journal; on phones instead of it. */
export function EntryPanel({ entryId }: { entryId: string }) {
  const { search } = useLocation();
  const t = fibuTexts.use();
  const navigate = useNavigate();
  const entry = useQuery(entryQuery(entryId));
  const close = () => {
    void navigate(`/fibu/journal${search}`);
    document.querySelector<HTMLElement>('.f-journal [role="grid"]')?.focus();
  };
  useShortcut('escape', t('journal'), t('entryClose'), close);
  return (
    <aside className="f-panel" aria-label={t('entry')}>
      <header>
        <h2>
          {entry.data?.document_number ?? t('entry')} {entry.data && <ReversalChip entry={entry.data} />}
        </h2>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('entryClose')} onClick={close}>
          <Icon name="close" />
        </ActionIcon>
      </header>
      {entry.isPending && <LoadingRows rows={5} />}
      {entry.isError && <ErrorState error={entry.error} onRetry={entry.refetch} />}
      {entry.data && <Details entry={entry.data} />}
    </aside>
  );
}

function Details({ entry }: { entry: EntryOut }) {
  const t = fibuTexts.use();
  const canPost = useCan('fibu:post');
  const [isReversing, setReversing] = useState(false);
  const isReversible = canPost && !entry.reverses && !entry.reversed_by;
  return (
    <div className="f-panel-body">
      <p className="f-entry-text">{entry.text}</p>
      <EntryLines entry={entry} />
      <dl className="f-facts">
        <Fact label={t('postedOn')}>
          <DayText day={entry.posted_on} />
        </Fact>
        <Fact label={t('documentOn')}>
          <DayText day={entry.document_on} />
        </Fact>
        <Fact label={t('entryPostedBy')}>{entry.posted_by.name}</Fact>
        <Fact label={t('entryPostedAt')}>{formatInstant(entry.posted_at)}</Fact>
        <Fact label={t('entrySource')}>
          <Source entry={entry} />
        </Fact>
        <Related label={t('entryReverses')} entryId={entry.reverses} />
        <Related label={t('entryReversedBy')} entryId={entry.reversed_by} />
      </dl>
      {isReversible && (
        <Button
          variant="default"
          leftSection={<Icon name="reverse" size={16} />}
          onClick={() => setReversing(true)}
        >
          {t('reverse')}
        </Button>
      )}
      {isReversing && <ReversalDialog entry={entry} onClose={() => setReversing(false)} />}
    </div>
  );
}

function Source({ entry: { source, source_id } }: { entry: EntryOut }) {
  const t = fibuTexts.use();
  if (source === 'beleg' && source_id)
    return <Link to={`/fibu/belege/${source_id}`}>{t('entrySourceDocument')}</Link>;
  return <Chip>{t('entrySourceManual')}</Chip>;
}

function Related({ label, entryId }: { label: string; entryId: string | null }) {
  const { search } = useLocation();
  const t = fibuTexts.use();
  if (!entryId) return null;
  return (
    <Fact label={label}>
      <Link to={`/fibu/journal/${entryId}${search}`}>{t('entryOpen')}</Link>
    </Fact>
  );
}
