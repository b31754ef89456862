import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Icon, StateMessage } from '@valero/ui';
import { fibuTexts } from '../texts.ts';
import { countQuery, type DocumentFilter } from './documents.resource.ts';

interface InboxEmptyProps {
  filter: DocumentFilter;
  onResetWords(): void;
  onUpload(): void;
}

/** Nothing there, nothing left to do, nothing found: three different things. */
export function InboxEmpty({ filter, onResetWords, onUpload }: InboxEmptyProps) {
  const t = fibuTexts.use();
  const booked = useQuery(countQuery('booked')).data ?? 0;
  const upload = (
    <Button leftSection={<Icon name="upload" size={16} />} onClick={onUpload}>
      {t('inboxUpload')}
    </Button>
  );
  if (filter.words)
    return (
      <StateMessage
        icon="search"
        title={t('inboxNoMatch', { words: filter.words })}
        action={
          <Button variant="default" onClick={onResetWords}>
            {t('reset')}
          </Button>
        }
      >
        {t('inboxNoMatchHint')}
      </StateMessage>
    );
  if (filter.state === 'received' && booked > 0)
    return (
      <StateMessage icon="circleCheck" tone="good" title={t('inboxAllBooked')}>
        {t('inboxAllBookedHint')}
      </StateMessage>
    );
  if (filter.state === 'received' || filter.state === 'all')
    return (
      <StateMessage icon="inbox" title={t('inboxEmpty')} action={upload}>
        {t('inboxEmptyHint')}
        <br />
        {t('inboxDropHint')}
      </StateMessage>
    );
  return <StateMessage icon="inbox" title={t('inboxNoneInState')} />;
}
