import { Button } from '@mantine/core';
import { PageHeader, StateMessage } from '@valero/ui';
import { DataGrid } from '@valero/ui/grid';
import { useLocation, useParams, useSearchParams } from 'react-router';
import { fibuTexts } from '../texts.ts';
import { useEntries } from './entries.resource.ts';
import { EntryPanel } from './entry-panel.component.tsx';
import { CompactEntry, useJournalColumns } from './journal-columns.tsx';
import { JournalFilters, NO_FILTER, useJournalFilter } from './journal-filters.component.tsx';

/** The journal; an opened entry stands beside it. */
export function JournalPage() {
  const { search } = useLocation();
  const t = fibuTexts.use();
  const { entryId } = useParams();
  const filter = useJournalFilter();
  const rows = useEntries(filter);
  const columns = useJournalColumns();
  return (
    <div className="v-page f-journal">
      <div className="v-page">
        <PageHeader title={t('journal')} hint={t('journalDescription')} />
        <JournalFilters filter={filter} />
        <DataGrid
          name="fibu.journal"
          label={t('journal')}
          rows={rows}
          columns={columns}
          rowId={({ id }) => id}
          linkTo={({ id }) => `/fibu/journal/${id}${search}`}
          compact={CompactEntry}
          currentId={entryId}
          empty={<JournalEmpty />}
        />
      </div>
      {entryId && <EntryPanel key={entryId} entryId={entryId} />}
    </div>
  );
}

function JournalEmpty() {
  const t = fibuTexts.use();
  const [search, setSearch] = useSearchParams();
  if (NO_FILTER.every((name) => !search.has(name)))
    return (
      <StateMessage icon="journal" title={t('journalEmpty')}>
        {t('journalEmptyHint')}
      </StateMessage>
    );
  return (
    <StateMessage
      icon="search"
      title={t('journalNoMatch')}
      action={
        <Button variant="default" onClick={() => setSearch({}, { replace: true })}>
          {t('reset')}
        </Button>
      }
    >
      {t('journalNoMatchHint')}
    </StateMessage>
  );
}
