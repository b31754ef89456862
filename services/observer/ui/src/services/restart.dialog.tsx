import { Button, Group, Modal } from '@mantine/core';
import { asProblem, Notice, notifyDone } from '@valero/ui';
import { observerTexts } from '../texts.ts';
import { useRestart } from './services.resource.ts';

interface RestartDialogProps {
  instance: string;
  onClose(): void;
}

export function RestartDialog({ instance, onClose }: RestartDialogProps) {
  const t = observerTexts.use();
  const restart = useRestart();
  const confirm = () =>
    restart.mutate(instance, {
      onSuccess: () => {
        notifyDone(t('restartAsked', { name: instance }));
        onClose();
      },
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('restartTitle', { name: instance })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <p>{t('restartHint')}</p>
      {restart.isError && (
        <Notice tone="bad" role="alert">
          <strong>{t('restartFailed')}.</strong> {asProblem(restart.error).message}
        </Notice>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button data-autofocus loading={restart.isPending} onClick={confirm}>
          {t('restart')}
        </Button>
      </Group>
    </Modal>
  );
}
