import { absolute, isNegative, isZero, Money, subtract, toCents } from '@valero/ui';
import type { Column } from '@valero/ui/grid';
import { useAccountTypes } from '../account-types.ts';
import type { BalanceOut, SheetOut } from '../api.ts';
import { fibuTexts } from '../texts.ts';

/** `sheet`: its sums stand below the columns. */
export function useBalanceColumns(sheet: SheetOut | undefined): Column<BalanceOut>[] {
  const t = fibuTexts.use();
  const typeName = useAccountTypes();
  return [
    {
      id: 'account',
      header: t('columnAccount'),
      width: 110,
      cell: ({ account }) => <span className="v-figures">{account}</span>,
      sortBy: ({ account }) => account,
      sum: t('sum'),
    },
    {
      id: 'name',
      header: t('columnName'),
      width: 200,
      grow: 3,
      cell: ({ name }) => <span className="v-cut">{name}</span>,
      sortBy: ({ name }) => name,
    },
    {
      id: 'type',
      header: t('columnType'),
      width: 110,
      cell: ({ type }) => <span className="v-muted">{typeName(type)}</span>,
      sortBy: ({ type }) => typeName(type),
    },
    {
      id: 'debit',
      header: t('debit'),
      width: 140,
      align: 'right',
      cell: ({ debit }) => <Money amount={debit} blankZero />,
      sortBy: ({ debit }) => toCents(debit),
      sum: sheet && <Money amount={sheet.total_debit} />,
    },
    {
      id: 'credit',
      header: t('credit'),
      width: 140,
      align: 'right',
      cell: ({ credit }) => <Money amount={credit} blankZero />,
      sortBy: ({ credit }) => toCents(credit),
      sum: sheet && <Money amount={sheet.total_credit} />,
    },
    {
      id: 'balance',
      header: t('columnBalance'),
      width: 160,
      align: 'right',
      cell: ({ balance }) => <Balance amount={balance} />,
      sortBy: ({ balance }) => toCents(balance),
      sum: sheet && <Balance amount={subtract(sheet.total_debit, sheet.total_credit)} />,
    },
  ];
}

/** Without a sign, with S or H as accountants write it. */
function Balance({ amount }: { amount: string }) {
  const t = fibuTexts.use();
  const isCredit = isNegative(amount);
  return (
    <>
      <Money amount={absolute(amount)} />
      <abbr className="f-side" title={isZero(amount) ? undefined : isCredit ? t('credit') : t('debit')}>
        {isZero(amount) ? '' : isCredit ? 'H' : 'S'}
      </abbr>
    </>
  );
}

export const CompactBalance = ({ account, name, debit, credit, balance }: BalanceOut) => (
  <>
    <div className="v-row-line">
      <span className="v-cut f-name">
        <span className="v-figures">{account}</span> {name}
      </span>
      <span className="f-compact-balance">
        <Balance amount={balance} />
      </span>
    </div>
    <div className="v-row-line f-compact-second v-muted">
      <span>
        S <Money amount={debit} />
      </span>
      <span>
        H <Money amount={credit} />
      </span>
    </div>
  </>
);
