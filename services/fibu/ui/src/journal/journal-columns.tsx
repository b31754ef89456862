import { Chip, DayText, Money } from '@valero/ui';
import type { Column } from '@valero/ui/grid';
import type { EntryOut } from '../api.ts';
import { fibuTexts } from '../texts.ts';

export function useJournalColumns(): Column<EntryOut>[] {
  const t = fibuTexts.use();
  return [
    {
      id: 'posted',
      header: t('columnPosted'),
      width: 112,
      cell: ({ posted_on }) => <DayText day={posted_on} />,
    },
    {
      id: 'document',
      header: t('columnDocument'),
      width: 130,
      cell: ({ document_number }) => <span className="v-cut">{document_number}</span>,
    },
    {
      id: 'text',
      header: t('columnText'),
      width: 180,
      grow: 3,
      cell: (entry) => (
        <>
          <span className="v-cut">{entry.text}</span>
          <ReversalChip entry={entry} />
        </>
      ),
    },
    {
      id: 'accounts',
      header: t('columnAccounts'),
      width: 150,
      grow: 1,
      cell: (entry) => <span className="v-cut v-muted v-figures">{accountsOf(entry)}</span>,
    },
    {
      id: 'total',
      header: t('columnAmount'),
      width: 150,
      align: 'right',
      cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
    },
  ];
}

export function ReversalChip({ entry: { reverses, reversed_by } }: { entry: EntryOut }) {
  const t = fibuTexts.use();
  if (reverses) return <Chip icon="reverse">{t('reversalEntry')}</Chip>;
  if (reversed_by) return <Chip tone="warn">{t('reversed')}</Chip>;
  return null;
}

/** "4980, 1576 an 1600": debit accounts to credit accounts, each once. */
function accountsOf({ lines }: EntryOut): string {
  const unique = (side: 'debit' | 'credit') => [
    ...new Set(lines.filter((line) => line[side] !== null).map(({ account }) => account)),
  ];
  return `${unique('debit').join(', ')} → ${unique('credit').join(', ')}`;
}

export const CompactEntry = (entry: EntryOut) => (
  <>
    <div className="v-row-line">
      <span className="v-cut f-name">{entry.text || entry.document_number}</span>
      <Money amount={entry.total} currency={entry.currency} />
    </div>
    <div className="v-row-line f-compact-second">
      <span className="v-cut v-muted">
        <DayText day={entry.posted_on} /> · {entry.document_number}
      </span>
      <ReversalChip entry={entry} />
    </div>
  </>
);
