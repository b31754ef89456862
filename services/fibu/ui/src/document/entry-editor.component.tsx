import { Button, TextInput } from '@mantine/core';
import { asProblem, DayInput, Icon, Keys, Notice, notifyDone, useLatest, useShortcut } from '@valero/ui';
import { useState } from 'react';
import type { EntryIn } from '../api.ts';
import { fibuTexts } from '../texts.ts';
import { Balance } from './balance.component.tsx';
import {
  addLine,
  changeLine,
  type DraftFlaw,
  differs,
  draftFrom,
  entryFrom,
  flawsOf,
  removeLine,
} from './draft.ts';
import { EntryLineEditor } from './entry-line.component.tsx';
import { LeaveDialog } from './leave.dialog.tsx';
import { usePosting } from './proposal.resource.ts';

interface EntryEditorProps {
  documentId: string;
  proposed: EntryIn;
  reasons: readonly string[];
  warnings: readonly string[];
  /** False: the entry is written by hand from the start. */
  hasProposal: boolean;
  canPost: boolean;
}

export function EntryEditor({
  documentId,
  proposed,
  reasons,
  warnings,
  hasProposal,
  canPost,
}: EntryEditorProps) {
  const t = fibuTexts.use();
  const [draft, setDraft] = useState(() => draftFrom(proposed));
  const [isTried, setTried] = useState(false);
  const posting = usePosting(documentId, hasProposal);
  const flaws = flawsOf(draft);
  const isChanged = differs(draft, proposed) && !posting.isSuccess;
  const [original, setOriginal] = useState(proposed);
  if (original !== proposed && !differs(draft, original)) {
    setOriginal(proposed);
    setDraft(draftFrom(proposed));
  }

  const submit = useLatest(() => {
    setTried(true);
    if (flaws.length > 0 || posting.isPending) return;
    posting.mutate(entryFrom(draft, proposed), {
      onSuccess: () => notifyDone(t('postDone', { number: draft.documentNumber })),
    });
  });
  const post = () => {
    takeOverTyped();
    setTimeout(submit);
  };
  const add = useLatest(() => setDraft(addLine(draft)));
  useShortcut('ctrl+enter', t('document'), t('post'), post, canPost);
  useShortcut('alt+n', t('document'), t('lineAdd'), add, canPost);
  const problem = posting.isError ? asProblem(posting.error) : null;
  const errorAt = (pointer: string) =>
    problem?.fields.find((field) => field.pointer.replace(/^\/entry/, '') === pointer)?.detail;

  return (
    <form
      className="f-editor"
      onSubmit={(event) => {
        event.preventDefault();
        post();
      }}
    >
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <div className="f-editor-head">
        <DayInput
          size="xs"
          label={t('postedOn')}
          value={draft.postedOn}
          error={errorAt('/posted_on')}
          onChange={(postedOn) => setDraft({ ...draft, postedOn })}
        />
        <DayInput
          size="xs"
          label={t('documentOn')}
          value={draft.documentOn}
          error={errorAt('/document_on')}
          onChange={(documentOn) => setDraft({ ...draft, documentOn })}
        />
        <TextInput
          size="xs"
          label={t('documentNumber')}
          value={draft.documentNumber}
          error={errorAt('/document_number')}
          onChange={(event) => setDraft({ ...draft, documentNumber: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={t('entryText')}
          value={draft.text}
          error={errorAt('/text')}
          onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
        />
      </div>
      <div className="f-entry-lines">
        <div className="f-entry-line f-entry-labels" aria-hidden>
          <span>{t('account')}</span>
          <span className="v-right">{t('debit')}</span>
          <span className="v-right">{t('credit')}</span>
          <span>{t('taxCode')}</span>
          <span>{t('costCentreShort')}</span>
          <span />
        </div>
        {draft.lines.map((line, index) => (
          <EntryLineEditor
            key={line.key}
            line={line}
            number={index + 1}
            error={errorAt(`/lines/${index}/account`)}
            onChange={(changes) => setDraft(changeLine(draft, line.key, changes))}
            onRemove={() => setDraft(removeLine(draft, line.key))}
          />
        ))}
        <div className="f-editor-tools">
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<Icon name="plus" size={14} />}
            aria-keyshortcuts="Alt+N"
            onClick={add}
          >
            {t('lineAdd')}
          </Button>
          {isChanged && hasProposal && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              onClick={() => setDraft(draftFrom(proposed))}
            >
              {t('restoreProposal')}
            </Button>
          )}
        </div>
      </div>
      {reasons.length > 0 && <Reasons reasons={reasons} />}
      <footer className="f-editor-foot">
        {problem && (
          <Notice tone="bad" role="alert">
            <strong>{t('postFailed')}.</strong> {problem.message}
          </Notice>
        )}
        {isTried && flaws.length > 0 && <Flaws flaws={flaws} />}
        <div className="f-post">
          <Balance draft={draft} />
          {canPost && (
            <Button type="submit" loading={posting.isPending} aria-keyshortcuts="Control+Enter">
              {t('post')}
              <span className="f-button-keys">
                <Keys keys="ctrl+enter" />
              </span>
            </Button>
          )}
        </div>
      </footer>
      <LeaveDialog isDirty={isChanged} />
    </form>
  );
}

/** Fields take over what was typed when they are left; posting by keyboard must not miss it. */
function takeOverTyped(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement)) return;
  field.blur();
  field.focus();
}

function Reasons({ reasons }: { reasons: readonly string[] }) {
  const t = fibuTexts.use();
  return (
    <details className="f-reasons" open>
      <summary>{t('proposalReasons')}</summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

function Flaws({ flaws }: { flaws: readonly DraftFlaw[] }) {
  const t = fibuTexts.use();
  const texts: Record<DraftFlaw, string> = {
    day: t('flawDay'),
    number: t('flawNumber'),
    tooFewLines: t('flawTooFewLines'),
    account: t('flawAccount'),
    amount: t('flawAmount'),
    unbalanced: t('flawUnbalanced'),
  };
  return (
    <Notice tone="bad" role="alert">
      {flaws.map((flaw) => texts[flaw]).join(' ')}
    </Notice>
  );
}
