import { Button, Checkbox, Group, Modal, Progress } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type Amount, Chip, formatAmount, Icon, Notice, negate, newKey, sum } from '@valero/ui';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import type { DocumentOut } from '../api.ts';
import { fetchProposal, postProposal } from '../document/proposal.resource.ts';
import { isCreditNote } from '../document-kinds.ts';
import { fibuTexts } from '../texts.ts';
import { type RunLine, runPosting, waitingLines } from './posting-run.ts';

interface PostSelectedProps {
  documents: DocumentOut[];
  onClose(): void;
}

/** Books what was chosen, as proposed; shows progress and what could not be booked, and why. */
export function PostSelectedDialog({ documents, onClose }: PostSelectedProps) {
  const t = fibuTexts.use();
  const client = useQueryClient();
  const [skipWarned, setSkipWarned] = useState(true);
  const [lines, setLines] = useState<readonly RunLine[]>([]);
  const [isRunning, setRunning] = useState(false);
  const stopped = useRef(false);
  const keys = useRef(new Map(documents.map(({ id }) => [id, newKey()])));

  async function run(ids: string[]): Promise<void> {
    stopped.current = false;
    setRunning(true);
    setLines(waitingLines(ids));
    const steps = {
      warningsOf: async (id: string) => (await fetchProposal(id)).warnings,
      post: (id: string) => postProposal(id, keys.current.get(id) ?? newKey()),
    };
    await runPosting(ids, steps, { skipWarned, isStopped: () => stopped.current, onChange: setLines });
    setRunning(false);
    await client.invalidateQueries({ queryKey: ['fibu'] });
  }

  const isStarted = lines.length > 0;
  const left = lines.filter(({ state }) => state === 'failed' || state === 'skipped');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('postRunTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={!isRunning}
      closeOnEscape={!isRunning}
      withCloseButton={!isRunning}
    >
      {isStarted ? (
        <Outcome lines={lines} documents={documents} isRunning={isRunning} />
      ) : (
        <Preview documents={documents} skipWarned={skipWarned} onSkipWarned={setSkipWarned} />
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        {!isStarted && (
          <>
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button data-autofocus onClick={() => void run(documents.map(({ id }) => id))}>
              {t('postRunStart')}
            </Button>
          </>
        )}
        {isRunning && (
          <Button
            variant="default"
            onClick={() => {
              stopped.current = true;
            }}
          >
            {t('postRunStop')}
          </Button>
        )}
        {isStarted && !isRunning && (
          <>
            {left.length > 0 && (
              <Button variant="default" onClick={() => void run(left.map(({ documentId }) => documentId))}>
                {t('postRunRetry')}
              </Button>
            )}
            <Button onClick={onClose}>{t('close')}</Button>
          </>
        )}
      </Group>
    </Modal>
  );
}

interface PreviewProps {
  documents: DocumentOut[];
  skipWarned: boolean;
  onSkipWarned(skip: boolean): void;
}

function Preview({ documents, skipWarned, onSkipWarned }: PreviewProps) {
  const t = fibuTexts.use();
  return (
    <>
      <p>{t('postRunSummary', { count: documents.length })}</p>
      <dl className="f-run-sums">
        {sumsByCurrency(documents).map(([currency, amount]) => (
          <div key={currency}>
            <dt className="v-muted">{t('postRunSum')}</dt>
            <dd className="v-figures v-strong">{formatAmount(amount, currency)}</dd>
          </div>
        ))}
      </dl>
      <Checkbox
        label={t('postRunSkip')}
        description={t('postRunSkipHint')}
        checked={skipWarned}
        onChange={(event) => onSkipWarned(event.currentTarget.checked)}
      />
    </>
  );
}

interface OutcomeProps {
  lines: readonly RunLine[];
  documents: DocumentOut[];
  isRunning: boolean;
}

function Outcome({ lines, documents, isRunning }: OutcomeProps) {
  const t = fibuTexts.use();
  const booked = lines.filter(({ state }) => state === 'booked').length;
  const left = lines.filter(({ state }) => state === 'failed' || state === 'skipped');
  const done = booked + left.length;
  return (
    <>
      <div role="status" className="f-run-status">
        <strong className="v-figures">{t('postRunRunning', { done, total: lines.length })}</strong>
        <Chip tone="good">{t('postRunBooked', { count: booked })}</Chip>
        {left.length > 0 && <Chip tone="warn">{t('postRunLeft', { count: left.length })}</Chip>}
      </div>
      <Progress value={(done / lines.length) * 100} size="sm" aria-label={t('postRunTitle')} />
      {!isRunning && booked === lines.length && <Notice tone="good">{t('postRunAllBooked')}</Notice>}
      {left.length > 0 && (
        <ul className="f-run-left">
          {left.map(({ documentId, reason, state }) => (
            <li key={documentId}>
              <Icon name={state === 'failed' ? 'circleX' : 'alert'} size={16} />
              <div>
                <Link to={`/fibu/belege/${documentId}`}>{nameOf(documents, documentId)}</Link>
                <p className="v-muted">{reason}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const nameOf = (documents: DocumentOut[], id: string): string => {
  const document = documents.find((candidate) => candidate.id === id);
  return document?.invoice
    ? `${document.invoice.seller_name} · ${document.invoice.number}`
    : (document?.filename ?? id);
};

/** Credit notes count against the rest. */
const owed = ({ type_code, payable }: { type_code: string; payable: Amount }): Amount =>
  isCreditNote(type_code) ? negate(payable) : payable;

function sumsByCurrency(documents: DocumentOut[]): [string, string][] {
  const invoices = documents.flatMap(({ invoice }) => (invoice ? [invoice] : []));
  const currencies = [...new Set(invoices.map(({ currency }) => currency))];
  return currencies.map((currency) => [
    currency,
    sum(invoices.filter((invoice) => invoice.currency === currency).map(owed)),
  ]);
}
