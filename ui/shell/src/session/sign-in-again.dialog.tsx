import { Anchor, Modal } from '@mantine/core';
import { signOut, type User } from '@valero/ui';
import { shellTexts } from '../texts.ts';
import { CredentialsForm } from './credentials.component.tsx';

/** Lies over the page when the session has ended: behind it, every draft stays as it is. */
export function SignInAgainDialog({ user }: { user: User }) {
  const t = shellTexts.use();
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={t('againTitle')}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={1000}
    >
      <p className="v-muted s-again-hint">{t('againHint')}</p>
      <CredentialsForm knownEmail={user.email} />
      <Anchor component="button" type="button" size="sm" mt="md" onClick={() => void signOut()}>
        {t('againOther')}
      </Anchor>
    </Modal>
  );
}
