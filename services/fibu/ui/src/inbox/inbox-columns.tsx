import { useQuery } from '@tanstack/react-query';
import { Ago, Chip, DayText, Money, today, useCan } from '@valero/ui';
import type { Column } from '@valero/ui/grid';
import type { DocumentOut } from '../api.ts';
import { openProposalsQuery } from '../document/proposal.resource.ts';
import { useDocumentKind } from '../document-kinds.ts';
import { fibuTexts } from '../texts.ts';
import { DuplicateChip, StateChip } from './document-chips.component.tsx';
import type { DocumentFilter } from './documents.resource.ts';

/** Where all documents are in one state, that column gives way to what is proposed for them. */
export function useInboxColumns(state: DocumentFilter['state']): Column<DocumentOut>[] {
  const t = fibuTexts.use();
  const canRead = useCan('fibu:read');
  const isOpen = canRead && state === 'received';
  const number: Column<DocumentOut> = {
    id: 'number',
    header: t('columnNumber'),
    width: 130,
    grow: 1,
    cell: ({ invoice }) => <span className="v-cut">{invoice?.number ?? t('none')}</span>,
  };
  const supplier: Column<DocumentOut> = {
    id: 'supplier',
    header: t('columnSupplier'),
    width: 200,
    grow: 3,
    cell: (row) => <Supplier document={row} />,
  };
  const proposal: Column<DocumentOut> = {
    id: 'proposal',
    header: t('columnProposal'),
    width: 210,
    grow: 2,
    cell: (row) => <Proposed document={row} />,
  };
  const standing: Column<DocumentOut> = {
    id: 'state',
    header: t('columnState'),
    width: 120,
    cell: (row) => <StateChip document={row} />,
  };
  return [supplier, number, ...useDayColumns(), isOpen ? proposal : standing, usePayableColumn()];
}

function useDayColumns(): Column<DocumentOut>[] {
  const t = fibuTexts.use();
  return [
    {
      id: 'issued',
      header: t('columnIssued'),
      width: 98,
      cell: ({ invoice }) => <DayText day={invoice?.issued_on} />,
    },
    { id: 'due', header: t('columnDue'), width: 98, cell: (row) => <Due document={row} /> },
    {
      id: 'received',
      header: t('columnReceived'),
      width: 124,
      cell: (row) => (
        <span className="v-muted">
          <Ago instant={row.received_at} />
        </span>
      ),
    },
  ];
}

function usePayableColumn(): Column<DocumentOut> {
  const t = fibuTexts.use();
  return {
    id: 'payable',
    header: t('columnPayable'),
    width: 140,
    align: 'right',
    cell: (row) => <Payable document={row} />,
  };
}

interface CellProps {
  document: DocumentOut;
}

function Supplier({ document }: CellProps) {
  const { invoice, filename } = document;
  const kind = useDocumentKind()(invoice?.type_code);
  return (
    <>
      <span className={invoice ? 'v-cut f-name' : 'v-cut v-muted'}>{invoice?.seller_name ?? filename}</span>
      {kind && <span className="v-muted v-small">{kind}</span>}
      <DuplicateChip document={document} />
    </>
  );
}

/** The account that is proposed, and whether a person should look first. */
function Proposed({ document: { id } }: CellProps) {
  const t = fibuTexts.use();
  const proposal = useQuery(openProposalsQuery).data?.get(id);
  const [line] = proposal?.entry.lines ?? [];
  if (!proposal || !line) return null;
  return (
    <>
      <span className="v-cut v-muted">
        <span className="v-figures">{line.account}</span> {line.account_name}
      </span>
      {proposal.warnings.length > 0 && (
        <Chip tone="warn" icon="alert" title={proposal.warnings.join('\n')}>
          {proposal.warnings.length}
          <span className="v-visually-hidden">{t('warnings', { count: proposal.warnings.length })}</span>
        </Chip>
      )}
    </>
  );
}

function Due({ document: { invoice, state } }: CellProps) {
  const t = fibuTexts.use();
  const isOverdue = state === 'received' && Boolean(invoice?.due_on && invoice.due_on < today());
  return (
    <span className={isOverdue ? 'v-negative' : undefined} title={isOverdue ? t('overdue') : undefined}>
      <DayText day={invoice?.due_on} />
    </span>
  );
}

const Payable = ({ document: { invoice } }: CellProps) =>
  invoice ? (
    <Money amount={invoice.payable} currency={invoice.currency} />
  ) : (
    <span className="v-muted">–</span>
  );

/** The same document on a phone. */
export const CompactDocument = (document: DocumentOut) => (
  <>
    <div className="v-row-line">
      <span className="v-cut f-name">{document.invoice?.seller_name ?? document.filename}</span>
      <Payable document={document} />
    </div>
    <div className="v-row-line f-compact-second">
      <span className="v-cut v-muted">
        <DayText day={document.invoice?.issued_on ?? document.received_at.slice(0, 10)} />{' '}
        {document.invoice?.number}
      </span>
      <span className="f-chips">
        <DuplicateChip document={document} />
        <StateChip document={document} />
      </span>
    </div>
  </>
);
