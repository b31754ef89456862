import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Chip, DayInput, formatAmount, Icon, PageHeader, StateMessage, subtract, today } from '@valero/ui';
import { allRows, DataGrid } from '@valero/ui/grid';
import type { BalanceOut, SheetOut } from '../api.ts';
import { useFilter, useTypedFilter } from '../filters.ts';
import { fibuTexts } from '../texts.ts';
import { CompactBalance, useBalanceColumns } from './balance-columns.tsx';
import { balancesQuery } from './balances.resource.ts';

/** The trial balance of one currency up to a day. */
export function BalancesPage() {
  const t = fibuTexts.use();
  const [asOf, setAsOf] = useFilter('as_of', today());
  const [currency, setCurrency] = useFilter('currency', 'EUR');
  const [words, typed, setTyped] = useTypedFilter('q');
  const query = useQuery(balancesQuery(asOf));
  const sheets = query.data?.currencies ?? [];
  const sheet = sheets.find((candidate) => candidate.currency === currency) ?? sheets[0];
  const shown = (sheet?.accounts ?? []).filter((account) => matches(account, words));
  const columns = useBalanceColumns(words ? undefined : sheet);

  const rows = allRows(shown, {
    isPending: query.isPending,
    isStale: query.isPlaceholderData,
    error: query.error,
    reload: () => void query.refetch(),
  });

  return (
    <div className="v-page">
      <PageHeader
        title={t('balances')}
        badge={sheet && <BalancedChip sheet={sheet} />}
        hint={t('balancesDescription')}
      />
      <div className="v-toolbar">
        <DayInput
          size="xs"
          className="f-as-of"
          label={t('asOf')}
          leftSection={<Icon name="calendar" size={16} />}
          value={asOf}
          onChange={(day) => day && setAsOf(day)}
        />
        <TextInput
          className="f-search"
          size="xs"
          type="search"
          aria-label={t('balancesSearch')}
          placeholder={t('balancesSearch')}
          leftSection={<Icon name="search" size={16} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {sheets.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('currency')}
            value={sheet?.currency ?? ''}
            data={sheets.map((candidate) => candidate.currency)}
            onChange={setCurrency}
          />
        )}
      </div>
      <DataGrid
        name="fibu.balances"
        label={t('balances')}
        rows={rows}
        columns={columns}
        rowId={({ account }) => account}
        linkTo={({ account }) => `/fibu/journal?account=${account}&to=${asOf}`}
        compact={CompactBalance}
        empty={<BalancesEmpty words={words} onReset={() => setTyped('')} />}
      />
    </div>
  );
}

function BalancedChip({ sheet: { balanced, total_debit, total_credit, currency } }: { sheet: SheetOut }) {
  const t = fibuTexts.use();
  if (balanced)
    return (
      <Chip tone="good" icon="check">
        {t('balanced')}
      </Chip>
    );
  return (
    <Chip tone="bad">
      {t('unbalanced')}: {formatAmount(subtract(total_debit, total_credit), currency)}
    </Chip>
  );
}

interface BalancesEmptyProps {
  words: string;
  onReset(): void;
}

function BalancesEmpty({ words, onReset }: BalancesEmptyProps) {
  const t = fibuTexts.use();
  if (!words)
    return (
      <StateMessage icon="scale" title={t('balancesEmpty')}>
        {t('balancesEmptyHint')}
      </StateMessage>
    );
  return (
    <StateMessage
      icon="search"
      title={t('balancesNoMatch', { words })}
      action={
        <Button variant="default" onClick={onReset}>
          {t('reset')}
        </Button>
      }
    />
  );
}

const matches = ({ account, name }: BalanceOut, words: string): boolean =>
  account.startsWith(words) || name.toLocaleLowerCase('de').includes(words.toLocaleLowerCase('de'));
