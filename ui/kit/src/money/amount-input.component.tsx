import { TextInput, type TextInputProps } from '@mantine/core';
import { type FocusEvent, useEffect, useState } from 'react';
import { kitTexts } from '../texts/kit-texts.ts';
import { type Amount, formatAmount, parseAmount } from './money.ts';

interface AmountInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  /** null: empty, or not an amount. */
  value: Amount | null;
  onChange(amount: Amount | null): void;
}

/** Takes amounts as people type them and rewrites them as 1.234,56 on leaving the field. */
export function AmountInput({ value, onChange, error, onBlur, ...props }: AmountInputProps) {
  const t = kitTexts.use();
  const [text, setText] = useState(() => shown(value));
  const [isEditing, setEditing] = useState(false);
  const isWrong = text.trim() !== '' && parseAmount(text) === null;

  useEffect(() => {
    if (!isEditing) setText((current) => (parseAmount(current) === value ? current : shown(value)));
  }, [value, isEditing]);

  const leave = (event: FocusEvent<HTMLInputElement>) => {
    setEditing(false);
    if (!isWrong) setText(shown(parseAmount(text)));
    onBlur?.(event);
  };

  return (
    <TextInput
      {...props}
      inputMode="decimal"
      autoComplete="off"
      value={text}
      error={error ?? (isWrong && !isEditing ? t('amountInvalid') : undefined)}
      classNames={{ input: 'v-figures v-right' }}
      onFocus={(event) => {
        setEditing(true);
        event.currentTarget.select();
      }}
      onBlur={leave}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseAmount(event.currentTarget.value));
      }}
    />
  );
}

const shown = (amount: Amount | null) => (amount === null ? '' : formatAmount(amount));
