import { ActionIcon, TextInput } from '@mantine/core';
import { AmountInput, Icon } from '@valero/ui';
import { AccountInput } from '../accounts/account-input.component.tsx';
import { fibuTexts } from '../texts.ts';
import type { DraftLine } from './draft.ts';

interface EntryLineProps {
  line: DraftLine;
  number: number;
  error: string | undefined;
  onChange(changes: Partial<DraftLine>): void;
  onRemove(): void;
}

/** One line: filling one side empties the other. */
export function EntryLineEditor({ line, number, error, onChange, onRemove }: EntryLineProps) {
  const t = fibuTexts.use();
  const named = (field: string) => `${field}, ${t('line', { number })}`;
  const details = [line.partner, line.text].filter(Boolean).join(' · ');
  return (
    <div className="f-entry-line" role="group" aria-label={t('line', { number })}>
      <AccountInput
        size="xs"
        hideLabel
        label={named(t('account'))}
        value={line.account}
        error={error}
        onChange={(account) => onChange({ account })}
      />
      <AmountInput
        size="xs"
        aria-label={named(t('debit'))}
        placeholder={t('debit')}
        value={line.debit}
        onChange={(debit) => onChange(debit === null ? { debit } : { debit, credit: null })}
      />
      <AmountInput
        size="xs"
        aria-label={named(t('credit'))}
        placeholder={t('credit')}
        value={line.credit}
        onChange={(credit) => onChange(credit === null ? { credit } : { credit, debit: null })}
      />
      <TextInput
        size="xs"
        aria-label={named(t('taxCode'))}
        placeholder={t('taxCode')}
        value={line.taxCode}
        onChange={(event) => onChange({ taxCode: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        aria-label={named(t('costCentre'))}
        placeholder={t('costCentre')}
        value={line.costCentre}
        onChange={(event) => onChange({ costCentre: event.currentTarget.value })}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={t('lineRemove', { number })} onClick={onRemove}>
        <Icon name="trash" size={16} />
      </ActionIcon>
      {details && <p className="v-cut v-muted v-small">{details}</p>}
    </div>
  );
}
