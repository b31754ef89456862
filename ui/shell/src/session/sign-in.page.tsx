import { useEffect } from 'react';
import { shellTexts } from '../texts.ts';
import { CredentialsForm } from './credentials.component.tsx';
import { EntranceFrame } from './entrance.component.tsx';

export function SignInPage() {
  const t = shellTexts.use();
  const title = t('signIn');
  useEffect(() => {
    document.title = `${title} · VALERO`;
  }, [title]);
  return (
    <EntranceFrame title={title} hint={t('signInHint')}>
      <CredentialsForm />
    </EntranceFrame>
  );
}
