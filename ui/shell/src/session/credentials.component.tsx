import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { asProblem, Notice, SecondFactorRequired, signIn } from '@valero/ui';
import { type FormEvent, useState } from 'react';
import { shellTexts } from '../texts.ts';
import { CodeForm } from './code.component.tsx';
import { SecretInput } from './secret-input.component.tsx';

/** Address and password; with a known address only the password is asked for. */
export function CredentialsForm({ knownEmail }: { knownEmail?: string }) {
  const t = shellTexts.use();
  const [email, setEmail] = useState(knownEmail ?? '');
  const [password, setPassword] = useState('');
  const [isChecked, setChecked] = useState(false);
  const [challenge, setChallenge] = useState('');
  const login = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    onError: (error) => error instanceof SecondFactorRequired && setChallenge(error.challenge),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (email.trim() && password) login.mutate();
  };

  if (challenge) return <CodeForm challenge={challenge} onBack={() => setChallenge('')} />;
  return (
    <form onSubmit={submit} noValidate className="s-form">
      {login.isError && !(login.error instanceof SecondFactorRequired) && (
        <Notice tone="bad" role="alert">
          {asProblem(login.error).message}
        </Notice>
      )}
      <TextInput
        type="email"
        name="email"
        label={t('email')}
        autoComplete="username"
        size="md"
        readOnly={Boolean(knownEmail)}
        data-autofocus={knownEmail ? undefined : true}
        autoFocus={!knownEmail}
        value={email}
        error={isChecked && !email.trim() && t('emailMissing')}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <SecretInput
        name="password"
        label={t('password')}
        autoComplete="current-password"
        data-autofocus={knownEmail ? true : undefined}
        value={password}
        error={isChecked && !password && t('passwordMissing')}
        onChange={setPassword}
      />
      <Button type="submit" size="md" fullWidth loading={login.isPending}>
        {t('signIn')}
      </Button>
    </form>
  );
}
