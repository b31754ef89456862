import { Button, CloseButton, Menu, TextInput } from '@mantine/core';
import {
  type Day,
  DayInput,
  endOfMonth,
  endOfYear,
  Icon,
  startOfMonth,
  startOfYear,
  today,
} from '@valero/ui';
import { useSearchParams } from 'react-router';
import { AccountInput } from '../accounts/account-input.component.tsx';
import { changed, useTypedFilter } from '../filters.ts';
import { fibuTexts } from '../texts.ts';
import type { JournalFilter } from './entries.resource.ts';

/** Names of the filters in the URL. */
export const NO_FILTER = ['q', 'account', 'from', 'to'] as const;

export function useJournalFilter(): JournalFilter {
  const [search] = useSearchParams();
  return {
    words: search.get('q') ?? '',
    account: search.get('account') ?? '',
    from: search.get('from') ?? '',
    to: search.get('to') ?? '',
  };
}

export function JournalFilters({ filter }: { filter: JournalFilter }) {
  const t = fibuTexts.use();
  const [, setSearch] = useSearchParams();
  const [, typed, setTyped] = useTypedFilter('q');
  const set = (values: Record<string, string | null>) =>
    setSearch((current) => changed(current, values), { replace: true });
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div className="v-toolbar">
      <TextInput
        className="f-search"
        size="xs"
        type="search"
        aria-label={t('journalSearch')}
        placeholder={t('journalSearch')}
        leftSection={<Icon name="search" size={16} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className="f-filter-account">
        <AccountInput
          size="xs"
          hideLabel
          label={t('account')}
          placeholder={t('account')}
          value={filter.account}
          onChange={(account) => set({ account })}
        />
        {filter.account && (
          <CloseButton
            size="sm"
            aria-label={t('filterRemove', { filter: t('account') })}
            onClick={() => set({ account: null })}
          />
        )}
      </div>
      <div className="f-filter-days">
        <DayInput
          size="xs"
          aria-label={t('from')}
          placeholder={t('from')}
          value={filter.from || null}
          onChange={(from) => set({ from })}
        />
        <span aria-hidden>–</span>
        <DayInput
          size="xs"
          aria-label={t('to')}
          placeholder={t('to')}
          value={filter.to || null}
          onChange={(to) => set({ to })}
        />
        <PeriodMenu onChoose={(from, to) => set({ from, to })} />
      </div>
      {isFiltered && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          onClick={() => setSearch({}, { replace: true })}
        >
          {t('reset')}
        </Button>
      )}
    </div>
  );
}

function PeriodMenu({ onChoose }: { onChoose(from: Day | null, to: Day | null): void }) {
  const t = fibuTexts.use();
  const now = today();
  const periods: [string, Day | null, Day | null][] = [
    [t('periodThisMonth'), startOfMonth(now), endOfMonth(now)],
    [t('periodLastMonth'), startOfMonth(now, -1), endOfMonth(now, -1)],
    [t('periodThisYear'), startOfYear(now), endOfYear(now)],
    [t('periodLastYear'), startOfYear(now, -1), endOfYear(now, -1)],
    [t('periodAll'), null, null],
  ];
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          aria-label={t('period')}
          leftSection={<Icon name="calendar" size={16} />}
          rightSection={<Icon name="chevronDown" size={14} />}
        >
          {t('period')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {periods.map(([name, from, to]) => (
          <Menu.Item key={name} onClick={() => onChoose(from, to)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
