import { Button, TextInput } from '@mantine/core';
import { DropArea, Icon, LiveChip, PageHeader, UploadTray, useCan } from '@valero/ui';
import { DataGrid } from '@valero/ui/grid';
import { useRef, useState } from 'react';
import { useLocation } from 'react-router';
import type { DocumentOut } from '../api.ts';
import { useFilter, useTypedFilter } from '../filters.ts';
import { fibuTexts } from '../texts.ts';
import { type DocumentFilter, useDocumentStream, useDocuments } from './documents.resource.ts';
import { CompactDocument, useInboxColumns } from './inbox-columns.tsx';
import { InboxEmpty } from './inbox-empty.component.tsx';
import { PostSelectedDialog } from './post-selected.dialog.tsx';
import { StateTabs } from './state-tabs.component.tsx';
import { uploads } from './uploads.store.ts';

const NONE: ReadonlySet<string> = new Set();

export function InboxPage() {
  const { search } = useLocation();
  const t = fibuTexts.use();
  const canReceive = useCan('beleg:receive');
  const canPost = useCan('fibu:post');
  const live = useDocumentStream();
  const [state, setState] = useFilter('state', 'received');
  const [words, typed, setTyped] = useTypedFilter('q');
  const filter: DocumentFilter = { state: state as DocumentFilter['state'], words };
  const rows = useDocuments(filter);
  const columns = useInboxColumns(filter.state);
  const [chosen, setChosen] = useState(NONE);
  const [posting, setPosting] = useState<DocumentOut[] | null>(null);
  const fileInput = useRef<HTMLInputElement>(null);

  const postable = rows.items.filter((document) => chosen.has(document.id) && isPostable(document));
  const pickFiles = () => fileInput.current?.click();

  return (
    <div className="v-page">
      <PageHeader
        title={t('inbox')}
        badge={<LiveChip state={live} />}
        hint={t('inboxDescription')}
        actions={
          <>
            {postable.length > 0 && (
              <Button leftSection={<Icon name="check" size={16} />} onClick={() => setPosting(postable)}>
                {t('postSelected', { count: postable.length })}
              </Button>
            )}
            {canReceive && (
              <Button
                variant={postable.length > 0 ? 'default' : 'filled'}
                leftSection={<Icon name="upload" size={16} />}
                onClick={pickFiles}
              >
                {t('inboxUpload')}
              </Button>
            )}
          </>
        }
      />
      <div className="v-toolbar">
        <StateTabs
          chosen={filter.state}
          onChoose={(next) => {
            setState(next);
            setChosen(NONE);
          }}
        />
        <span className="v-toolbar-spacer" />
        <TextInput
          className="f-search"
          size="xs"
          type="search"
          aria-label={t('inboxSearch')}
          placeholder={t('inboxSearch')}
          leftSection={<Icon name="search" size={16} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <DataGrid
        name="fibu.inbox"
        label={t('inbox')}
        rows={rows}
        columns={columns}
        rowId={({ id }) => id}
        linkTo={({ id }) => `/fibu/belege/${id}${search}`}
        compact={CompactDocument}
        selection={canPost ? { ids: chosen, onChange: setChosen, canSelect: isPostable } : undefined}
        empty={<InboxEmpty filter={filter} onResetWords={() => setTyped('')} onUpload={pickFiles} />}
      />
      {canReceive && (
        <>
          <input
            ref={fileInput}
            type="file"
            multiple
            hidden
            aria-label={t('inboxUpload')}
            onChange={({ currentTarget }) => {
              uploads.add([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
          <DropArea hint={t('inboxDropHint')} onFiles={uploads.add} />
        </>
      )}
      <UploadTray queue={uploads} />
      {posting && (
        <PostSelectedDialog
          documents={posting}
          onClose={() => {
            setPosting(null);
            setChosen(NONE);
          }}
        />
      )}
    </div>
  );
}

const isPostable = ({ state, invoice }: DocumentOut): boolean => state === 'received' && invoice !== null;
