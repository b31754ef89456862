import { Combobox, InputBase, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import type { AccountOut } from '../api.ts';
import { fibuTexts } from '../texts.ts';
import { suggestionsQuery, useAccount } from './accounts.resource.ts';

interface AccountInputProps {
  value: string;
  label: string;
  /** For tables, whose heading is the label that is seen. */
  hideLabel?: boolean;
  size?: 'xs' | 'sm';
  error?: string | undefined;
  placeholder?: string;
  onChange(number: string): void;
}

const TYPING_MILLISECONDS = 120;

/** Look-up by number or name: an exact number needs only Enter or Tab, F2 or arrow down opens the list. */
export function AccountInput({
  value,
  label,
  hideLabel,
  size,
  error,
  placeholder,
  onChange,
}: AccountInputProps) {
  const t = fibuTexts.use();
  const client = useQueryClient();
  const account = useAccount(value);
  const [typed, setTyped] = useState<string | null>(null);
  const [words] = useDebouncedValue(typed ?? '', TYPING_MILLISECONDS);
  const list = useCombobox({ onDropdownClose: () => list.resetSelectedOption() });
  const { data: found = [] } = useQuery({ ...suggestionsQuery(words), enabled: list.dropdownOpened });

  const choose = (number: string) => {
    setTyped(null);
    list.closeDropdown();
    if (number !== value) onChange(number);
  };

  /** What was typed: a number as it stands, otherwise the first account that matches. */
  const settle = async () => {
    if (typed === null) return;
    const text = typed.trim();
    if (/^\d*$/.test(text)) return choose(text);
    const isKnown = client.getQueryData(suggestionsQuery(text).queryKey) !== undefined;
    if (!isKnown) onChange(''); // so that nobody posts to the old account meanwhile
    const [first] = await client.ensureQueryData(suggestionsQuery(text)).catch(() => []);
    setTyped(null);
    list.closeDropdown();
    onChange(first?.number ?? value);
  };

  const handleKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey) return;
    if (event.key === 'F2') list.openDropdown();
    else if (event.key === 'Enter' && list.getSelectedOptionIndex() < 0) void settle();
    else return;
    event.preventDefault();
  };

  return (
    <Combobox
      store={list}
      onOptionSubmit={choose}
      width={340}
      position="bottom-start"
      middlewares={{ shift: true }}
    >
      <Combobox.Target>
        <InputBase
          size={size}
          label={hideLabel ? undefined : label}
          aria-label={hideLabel ? label : undefined}
          placeholder={placeholder ?? t('accountSearch')}
          autoComplete="off"
          error={error ?? (account === null && typed === null ? t('accountUnknown') : undefined)}
          value={typed ?? shown(value, account)}
          onFocus={(event) => {
            setTyped(value);
            const input = event.currentTarget;
            requestAnimationFrame(() => input.select());
          }}
          onBlur={() => {
            void settle();
            list.closeDropdown();
          }}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            list.openDropdown();
            list.resetSelectedOption();
          }}
          onKeyDown={handleKey}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={label}>
          {found.map((option) => (
            <AccountOption key={option.number} account={option} />
          ))}
          {found.length === 0 && <Combobox.Empty>{t('accountNone')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const AccountOption = ({ account: { number, name } }: { account: AccountOut }) => (
  <Combobox.Option value={number} className="f-account-option">
    <span className="v-figures">{number}</span>
    <span className="v-cut">{name}</span>
  </Combobox.Option>
);

const shown = (number: string, account: AccountOut | null | undefined): string =>
  account ? `${number} · ${account.name}` : number;
