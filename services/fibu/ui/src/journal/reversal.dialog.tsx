import { Button, Group, Modal, TextInput } from '@mantine/core';
import { asProblem, type Day, DayInput, formatAmount, Notice, notifyDone, today } from '@valero/ui';
import { type FormEvent, useState } from 'react';
import type { EntryOut } from '../api.ts';
import { fibuTexts } from '../texts.ts';
import { useReversal } from './entries.resource.ts';

interface ReversalDialogProps {
  entry: EntryOut;
  onClose(): void;
}

/** Posted entries are never changed: a reversal takes them back, and both stay. */
export function ReversalDialog({ entry, onClose }: ReversalDialogProps) {
  const t = fibuTexts.use();
  const [postedOn, setPostedOn] = useState<Day | null>(today);
  const [reason, setReason] = useState('');
  const reversal = useReversal(entry.id);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (postedOn === null) return;
    reversal.mutate(
      { postedOn, reason: reason.trim() },
      {
        onSuccess: () => {
          notifyDone(t('reverseDone'));
          onClose();
        },
      },
    );
  };

  return (
    <Modal opened onClose={onClose} title={t('reverseTitle')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={submit} className="f-dialog">
        <p>
          <strong>
            {entry.document_number} · {formatAmount(entry.total, entry.currency)}
          </strong>
          <br />
          {entry.text}
        </p>
        <p className="v-muted v-small">{t('reverseHint')}</p>
        {reversal.isError && (
          <Notice tone="bad" role="alert">
            <strong>{t('reverseFailed')}.</strong> {asProblem(reversal.error).message}
          </Notice>
        )}
        <TextInput
          label={t('reverseReason')}
          description={t('reverseReasonHint')}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DayInput label={t('reverseOn')} value={postedOn} onChange={setPostedOn} w={160} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" loading={reversal.isPending} disabled={postedOn === null}>
            {t('reverse')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
