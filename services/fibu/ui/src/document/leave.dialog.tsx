import { Button, Group, Modal } from '@mantine/core';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { fibuTexts } from '../texts.ts';

/** Asks before a changed entry is left; says nothing when nothing was changed. */
export function LeaveDialog({ isDirty }: { isDirty: boolean }) {
  const t = fibuTexts.use();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isDirty]);

  return (
    <Modal
      opened={blocker.state === 'blocked'}
      onClose={() => blocker.reset?.()}
      title={t('leaveTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <p>{t('leaveHint')}</p>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>
          {t('leaveDiscard')}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset?.()}>
          {t('leaveStay')}
        </Button>
      </Group>
    </Modal>
  );
}
