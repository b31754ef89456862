import { TextInput, type TextInputProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { kitTexts } from '../texts/kit-texts.ts';
import { addDays, type Day, formatDay, parseDay, today } from './dates.ts';

interface DayInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  /** null: empty, or not a day. */
  value: Day | null;
  onChange(day: Day | null): void;
}

/** A day by keyboard: 3, 0304, +7, h; arrow up and down move by a day. Written out on leaving. */
export function DayInput({ value, onChange, error, ...props }: DayInputProps) {
  const t = kitTexts.use();
  const [text, setText] = useState(() => shown(value));
  const [isEditing, setEditing] = useState(false);
  const isWrong = text.trim() !== '' && parseDay(text) === null;

  useEffect(() => {
    if (!isEditing) setText((current) => (parseDay(current) === value ? current : shown(value)));
  }, [value, isEditing]);

  const commit = () => {
    const day = parseDay(text);
    setEditing(false);
    if (!isWrong) setText(shown(day));
    if (day !== value) onChange(day);
  };

  const step = (days: number) => {
    const day = addDays(parseDay(text) ?? today(), days);
    setText(formatDay(day));
    onChange(day);
  };

  return (
    <TextInput
      placeholder={t('dayPlaceholder')}
      {...props}
      autoComplete="off"
      value={text}
      error={error ?? (isWrong && !isEditing ? t('dayInvalid') : undefined)}
      classNames={{ input: 'v-figures' }}
      onFocus={(event) => {
        setEditing(true);
        event.currentTarget.select();
      }}
      onBlur={commit}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        step(event.key === 'ArrowUp' ? 1 : -1);
      }}
    />
  );
}

const shown = (day: Day | null) => (day === null ? '' : formatDay(day));
