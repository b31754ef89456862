import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { asProblem, changePassword, Icon, Notice, signOut } from '@valero/ui';
import { type FormEvent, useEffect, useState } from 'react';
import { shellTexts } from '../texts.ts';
import { EntranceFrame } from './entrance.component.tsx';
import { SecretInput } from './secret-input.component.tsx';

const LEAST_CHARACTERS = 12;

/** The first sign-in: nothing else is possible before the initial password is replaced. */
export function ChangePasswordPage() {
  const t = shellTexts.use();
  const [current, setCurrent] = useState('');
  const [chosen, setChosen] = useState('');
  const [repeated, setRepeated] = useState('');
  const [isTried, setTried] = useState(false);
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
    setTried(true);
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
        <SecretInput
          label={t('changeCurrent')}
          autoComplete="current-password"
          value={current}
          error={isTried && !current && t('passwordMissing')}
          onChange={setCurrent}
          autoFocus
        />
        <SecretInput
          label={t('changeNew')}
          autoComplete="new-password"
          aria-describedby="password-rules"
          value={chosen}
          onChange={setChosen}
        />
        <SecretInput
          label={t('changeRepeat')}
          autoComplete="new-password"
          aria-describedby="password-rules"
          value={repeated}
          onChange={setRepeated}
        />
        <Rules rules={rules} isTried={isTried} />
        <Button type="submit" size="md" fullWidth loading={change.isPending}>
          {t('changeSave')}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => void signOut()}>
          {t('signOut')}
        </Button>
      </form>
    </EntranceFrame>
  );
}

interface RulesProps {
  rules: { text: string; isMet: boolean }[];
  isTried: boolean;
}

/** What the new password has to be, ticked off while it is typed. */
function Rules({ rules, isTried }: RulesProps) {
  const t = shellTexts.use();
  return (
    <div id="password-rules" className="s-rules" role={isTried ? 'alert' : undefined}>
      <ul>
        {rules.map(({ text, isMet }) => (
          <li key={text} className={isMet ? 'is-met' : isTried ? 'is-missed' : undefined}>
            <Icon name={isMet ? 'circleCheck' : isTried ? 'circleX' : 'info'} size={16} />
            {text}
            <span className="v-visually-hidden">: {isMet ? t('ruleMet') : t('ruleOpen')}</span>
          </li>
        ))}
      </ul>
      <p>{t('ruleHint')}</p>
    </div>
  );
}
