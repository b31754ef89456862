import { ActionIcon, Anchor, Button, Tooltip } from '@mantine/core';
import { Chip, ErrorState, formatAgo, Icon, LoadingRows, PageHeader, useShortcut } from '@valero/ui';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import type { DocumentDetailOut } from '../api.ts';
import { StateChip } from '../inbox/document-chips.component.tsx';
import { useDocument, useDocumentStream } from '../inbox/documents.resource.ts';
import { fibuTexts } from '../texts.ts';
import { Booking } from './booking.component.tsx';
import { InvoiceView } from './invoice.component.tsx';
import { useNeighbours } from './neighbours.ts';

/** One document: what was read on the left, what is to be booked on the right. */
export function DocumentPage() {
  const { documentId = '' } = useParams();
  const document = useDocument(documentId);
  useDocumentStream();

  if (document.isPending) return <LoadingRows rows={10} />;
  if (!document.data) return <ErrorState error={document.error} onRetry={document.refetch} />;
  return <LoadedDocument key={documentId} document={document.data} />;
}

function LoadedDocument({ document }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  const { invoice, id, filename } = document;
  return (
    <div className="v-page f-document">
      <PageHeader
        title={invoice?.seller_name ?? filename}
        tab={invoice ? `${invoice.seller_name} ${invoice.number}` : filename}
        back={<BackToInbox />}
        badge={
          <>
            <StateChip document={document} />
            <FirstOfTwins document={document} />
          </>
        }
        description={
          <>
            {invoice && <>{invoice.number} · </>}
            {t('documentReceivedOn', { when: formatAgo(document.received_at) })}
          </>
        }
        actions={
          <>
            <Button
              component="a"
              href={`/api/beleg/documents/${id}/original`}
              download={filename}
              variant="default"
              leftSection={<Icon name="download" size={16} />}
            >
              {t('documentOriginal')}
            </Button>
            <Neighbours documentId={id} />
          </>
        }
      />
      <div className="f-split">
        <InvoiceView document={document} />
        <Booking document={document} />
      </div>
    </div>
  );
}

function BackToInbox() {
  const { search } = useLocation();
  const t = fibuTexts.use();
  return (
    <Anchor component={Link} to={`/fibu/belege${search}`} className="f-back">
      <Icon name="chevronLeft" size={14} />
      {t('inbox')}
    </Anchor>
  );
}

/** Leads to the document that came first. */
function FirstOfTwins({ document: { duplicate_of } }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  if (!duplicate_of) return null;
  return (
    <Link to={`/fibu/belege/${duplicate_of}?state=all`}>
      <Chip tone="warn" icon="copy" title={t('duplicateHint')}>
        {t('documentDuplicateOpen')}
      </Chip>
    </Link>
  );
}

function Neighbours({ documentId }: { documentId: string }) {
  const { search } = useLocation();
  const t = fibuTexts.use();
  const navigate = useNavigate();
  const { previous, next, position, total } = useNeighbours(documentId);
  const go = (id: string | undefined) => id && void navigate(`/fibu/belege/${id}${search}`);
  useShortcut('alt+arrowup', t('document'), t('documentPrevious'), () => go(previous), Boolean(previous));
  useShortcut('alt+arrowdown', t('document'), t('documentNext'), () => go(next), Boolean(next));
  if (position === 0) return null;
  return (
    <div className="f-neighbours">
      <span className="v-muted v-figures">{t('documentPosition', { position, total })}</span>
      <Tooltip label={`${t('documentPrevious')} (Alt ↑)`}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('documentPrevious')}
          aria-keyshortcuts="Alt+ArrowUp"
          disabled={!previous}
          onClick={() => go(previous)}
        >
          <Icon name="chevronUp" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t('documentNext')} (Alt ↓)`}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('documentNext')}
          aria-keyshortcuts="Alt+ArrowDown"
          disabled={!next}
          onClick={() => go(next)}
        >
          <Icon name="chevronDown" />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
