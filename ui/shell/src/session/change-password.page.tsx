import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { asProblem, changePassword, Icon, Notice, signOut } from '@valero/ui';
import { type FormEvent, useEffect, useState } from 'react';
import { shellTexts } from '../texts.ts';
import { EntranceFrame } from './entrance.component.tsx';

const LEAST_CHARACTERS = 12;

/** The first sign-in: nothing else is possible before the initial password is replaced. */
export function ChangePasswordPage() {
  const t = shellTexts.use();
  const [current, setCurrent] = useState('');
  const [chosen, setChosen] = useState('');
  const [repeated, setRepeated] = useState('');
  const change = useMutation({ mutationFn: () => changePassword(current, chosen) });
  const title = t('changeTitle');
  useEffect(() => {
    document.title = `${title} · VALERO`;
  }, [title]);

  const rules = [
    { text: t('ruleLength', { count: LEAST_CHARACTERS }), isMet: [...chosen].length >= LEAST_CHARACTERS },
    { text: t('ruleDifferent'), isMet: chosen !== '' && chosen !== current },
    { text: t('ruleRepeat'), isMet: chosen !== '' && chosen === repeated },
  ];
  const isReady = current !== '' && rules.every(({ isMet }) => isMet);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) change.mutate();
  };

  return (
    <EntranceFrame title={title} hint={t('changeHint')}>
      <form onSubmit={submit} noValidate className="s-form">
        {change.isError && (
          <Notice tone="bad" role="alert">
            {asProblem(change.error).message}
          </Notice>
        )}
        <Secret
          label={t('changeCurrent')}
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
          first
        />
        <Secret label={t('changeNew')} autoComplete="new-password" value={chosen} onChange={setChosen} />
        <Secret
          label={t('changeRepeat')}
          autoComplete="new-password"
          value={repeated}
          onChange={setRepeated}
        />
        <Rules rules={rules} />
        <Button type="submit" size="md" fullWidth disabled={!isReady} loading={change.isPending}>
          {t('changeSave')}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => void signOut()}>
          {t('signOut')}
        </Button>
      </form>
    </EntranceFrame>
  );
}

interface SecretProps {
  label: string;
  autoComplete: string;
  value: string;
  first?: boolean;
  onChange(value: string): void;
}

function Secret({ first, onChange, ...props }: SecretProps) {
  const t = shellTexts.use();
  return (
    <PasswordInput
      {...props}
      size="md"
      autoFocus={first}
      aria-describedby="password-rules"
      visibilityToggleButtonProps={{ 'aria-label': `${props.label}: ${t('passwordShow')}`, tabIndex: 0 }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Rules({ rules }: { rules: { text: string; isMet: boolean }[] }) {
  const t = shellTexts.use();
  return (
    <div id="password-rules" className="s-rules">
      <ul>
        {rules.map(({ text, isMet }) => (
          <li key={text} className={isMet ? 'is-met' : undefined}>
            <Icon name={isMet ? 'circleCheck' : 'info'} size={16} />
            {text}
            <span className="v-visually-hidden">: {isMet ? t('ruleMet') : t('ruleOpen')}</span>
          </li>
        ))}
      </ul>
      <p>{t('ruleHint')}</p>
    </div>
  );
}
