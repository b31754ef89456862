import { ActionIcon, TextInput, type TextInputProps } from '@mantine/core';
import { Icon } from '@valero/ui';
import { useState } from 'react';
import { shellTexts } from '../texts.ts';

interface SecretInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** A password, hidden until asked to be shown; errors and hints are tied to the field itself. */
export function SecretInput({ onChange, ...props }: SecretInputProps) {
  const t = shellTexts.use();
  const [isShown, setShown] = useState(false);
  const toggle = (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`${props.label}: ${t('passwordShow')}`}
      aria-pressed={isShown}
      onClick={() => setShown(!isShown)}
    >
      <Icon name={isShown ? 'eyeOff' : 'eye'} />
    </ActionIcon>
  );
  return (
    <TextInput
      size="md"
      {...props}
      type={isShown ? 'text' : 'password'}
      spellCheck={false}
      autoCapitalize="none"
      rightSection={toggle}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
