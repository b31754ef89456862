import { Button, TextInput } from '@mantine/core';
import { Icon, PageHeader, StateMessage } from '@valero/ui';
import { type Column, DataGrid } from '@valero/ui/grid';
import { useAccountTypes } from '../account-types.ts';
import type { AccountOut } from '../api.ts';
import { useTypedFilter } from '../filters.ts';
import { fibuTexts } from '../texts.ts';
import { useAccounts } from './accounts.resource.ts';

export function AccountsPage() {
  const t = fibuTexts.use();
  const [words, typed, setTyped] = useTypedFilter('q');
  const rows = useAccounts(words);
  const columns = useAccountColumns();
  return (
    <div className="v-page">
      <PageHeader title={t('accounts')} hint={t('accountsDescription')} />
      <div className="v-toolbar">
        <TextInput
          className="f-search"
          size="xs"
          type="search"
          aria-label={t('accountsSearch')}
          placeholder={t('accountsSearch')}
          leftSection={<Icon name="search" size={16} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <DataGrid
        name="fibu.accounts"
        label={t('accounts')}
        rows={rows}
        columns={columns}
        rowId={({ number }) => number}
        linkTo={({ number }) => `/fibu/journal?account=${number}`}
        compact={CompactAccount}
        empty={<AccountsEmpty words={words} onReset={() => setTyped('')} />}
      />
    </div>
  );
}

function useAccountColumns(): Column<AccountOut>[] {
  const t = fibuTexts.use();
  const typeName = useAccountTypes();
  return [
    {
      id: 'number',
      header: t('columnAccount'),
      width: 110,
      cell: ({ number }) => <span className="v-figures">{number}</span>,
    },
    {
      id: 'name',
      header: t('columnName'),
      width: 240,
      grow: 1,
      cell: ({ name }) => <span className="v-cut">{name}</span>,
    },
    {
      id: 'type',
      header: t('columnType'),
      width: 140,
      cell: ({ type }) => <span className="v-muted">{typeName(type)}</span>,
    },
  ];
}

const CompactAccount = (account: AccountOut) => <CompactAccountLine account={account} />;

function CompactAccountLine({ account: { number, name, type } }: { account: AccountOut }) {
  const typeName = useAccountTypes();
  return (
    <>
      <div className="v-cut f-name">{name}</div>
      <div className="f-compact-second v-muted">
        <span className="v-figures">{number}</span> · {typeName(type)}
      </div>
    </>
  );
}

interface AccountsEmptyProps {
  words: string;
  onReset(): void;
}

function AccountsEmpty({ words, onReset }: AccountsEmptyProps) {
  const t = fibuTexts.use();
  if (!words) return <StateMessage icon="accounts" title={t('accountsEmpty')} />;
  return (
    <StateMessage
      icon="search"
      title={t('accountsNoMatch', { words })}
      action={
        <Button variant="default" onClick={onReset}>
          {t('reset')}
        </Button>
      }
    >
      {t('accountsNoMatchHint')}
    </StateMessage>
  );
}
