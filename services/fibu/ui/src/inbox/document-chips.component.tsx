import { Chip, type Tone } from '@valero/ui';
import type { DocumentOut, DocumentState } from '../api.ts';
import { fibuTexts } from '../texts.ts';

const TONES: Record<DocumentState, Tone> = {
  received: 'info',
  booked: 'good',
  rejected: 'neutral',
  unreadable: 'warn',
};

interface DocumentChipProps {
  document: DocumentOut;
}

export function StateChip({ document: { state, problem } }: DocumentChipProps) {
  const t = fibuTexts.use();
  const names: Record<DocumentState, string> = {
    received: t('stateReceived'),
    booked: t('stateBooked'),
    rejected: t('stateRejected'),
    unreadable: t('stateUnreadable'),
  };
  return (
    <Chip tone={TONES[state]} title={problem ?? undefined}>
      {names[state]}
    </Chip>
  );
}

export function DuplicateChip({ document: { duplicate_of } }: DocumentChipProps) {
  const t = fibuTexts.use();
  if (!duplicate_of) return null;
  return (
    <Chip tone="warn" icon="copy" title={t('duplicateHint')}>
      {t('duplicate')}
    </Chip>
  );
}
