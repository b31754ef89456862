import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { asProblem, Notice, signInWithCode } from '@valero/ui';
import { type FormEvent, useState } from 'react';
import { shellTexts } from '../texts.ts';

interface CodeFormProps {
  /** What the server answered to the right password. */
  challenge: string;
  onBack(): void;
}

/** The second step of signing in, for those who have protected their account that way. */
export function CodeForm({ challenge, onBack }: CodeFormProps) {
  const t = shellTexts.use();
  const [code, setCode] = useState('');
  const [isChecked, setChecked] = useState(false);
  const confirm = useMutation({ mutationFn: () => signInWithCode(challenge, code.trim()) });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (code.trim()) confirm.mutate();
  };

  return (
    <form onSubmit={submit} noValidate className="s-form">
      {confirm.isError && (
        <Notice tone="bad" role="alert">
          {asProblem(confirm.error).message}
        </Notice>
      )}
      <TextInput
        name="code"
        label={t('code')}
        description={t('codeHint')}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        size="md"
        autoFocus
        value={code}
        error={isChecked && !code.trim() && t('codeMissing')}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" size="md" fullWidth loading={confirm.isPending}>
        {t('signIn')}
      </Button>
      <Button variant="subtle" color="gray" onClick={onBack}>
        {t('codeBack')}
      </Button>
    </form>
  );
}
