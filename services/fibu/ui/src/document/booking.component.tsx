import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  ErrorState,
  formatDay,
  Icon,
  LoadingRows,
  Notice,
  Problem,
  StateMessage,
  today,
  useCan,
} from '@valero/ui';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { DocumentDetailOut, EntryIn } from '../api.ts';
import { entryQuery } from '../journal/entries.resource.ts';
import { EntryLines } from '../journal/entry-lines.component.tsx';
import { fibuTexts } from '../texts.ts';
import { EntryEditor } from './entry-editor.component.tsx';
import { useNeighbours } from './neighbours.ts';
import { useProposal } from './proposal.resource.ts';

/** The right half of the page: the booked entry, or the proposal to work on. */
export function Booking({ document }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  return (
    <section className="f-booking" aria-label={t('proposal')}>
      {document.entry_id ? (
        <Booked document={document} entryId={document.entry_id} />
      ) : document.invoice ? (
        <Proposed document={document} />
      ) : (
        <ByHand document={document} />
      )}
    </section>
  );
}

function Proposed({ document }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  const canPost = useCan('fibu:post');
  const proposal = useProposal(document.id, true);
  if (proposal.isPending)
    return proposal.failureCount > 1 ? (
      <StateMessage icon="clock" title={t('proposalPending')}>
        {t('proposalPendingHint')}
      </StateMessage>
    ) : (
      <LoadingRows rows={5} />
    );
  if (!proposal.data) {
    const isMissing = proposal.error instanceof Problem && proposal.error.status === 404;
    return (
      <ErrorState
        title={isMissing ? t('proposalMissing') : undefined}
        error={proposal.error}
        onRetry={proposal.refetch}
      />
    );
  }
  return (
    <EntryEditor
      key={proposal.data.document_id}
      documentId={document.id}
      proposed={proposal.data.entry}
      reasons={proposal.data.reasons}
      warnings={proposal.data.warnings}
      hasProposal
      canPost={canPost}
    />
  );
}

/** Nothing could be read: an empty entry that refers to the document. */
function ByHand({ document }: { document: DocumentDetailOut }) {
  const canPost = useCan('fibu:post');
  const empty: EntryIn = {
    posted_on: today(),
    document_on: document.received_at.slice(0, 10),
    document_number: '',
    text: '',
    currency: 'EUR',
    source: 'beleg',
    source_id: document.id,
    lines: [{ account: '' }, { account: '' }],
  };
  return (
    <EntryEditor
      documentId={document.id}
      proposed={empty}
      reasons={[]}
      warnings={[]}
      hasProposal={false}
      canPost={canPost}
    />
  );
}

function Booked({ document, entryId }: { document: DocumentDetailOut; entryId: string }) {
  const { search } = useLocation();
  const t = fibuTexts.use();
  const entry = useQuery(entryQuery(entryId));
  const { next } = useNeighbours(document.id);
  const onward = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (entry.data) onward.current?.focus();
  }, [entry.data]);

  return (
    <div className="f-booked">
      <Notice
        tone="good"
        role="status"
        action={<Link to={`/fibu/journal/${entryId}`}>{t('bookedOpen')}</Link>}
      >
        <strong>{t('booked')}</strong>{' '}
        {entry.data && t('bookedHint', { day: formatDay(entry.data.posted_on) })}
      </Notice>
      {entry.isPending && <LoadingRows rows={4} />}
      {entry.isError && <ErrorState error={entry.error} onRetry={entry.refetch} />}
      {entry.data && <EntryLines entry={entry.data} />}
      {next && next !== document.id && (
        <Button
          component={Link}
          ref={onward}
          to={`/fibu/belege/${next}${search}`}
          rightSection={<Icon name="chevronRight" size={16} />}
        >
          {t('documentNextOpen')}
        </Button>
      )}
    </div>
  );
}
