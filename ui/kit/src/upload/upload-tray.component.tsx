import { ActionIcon, Button, Progress } from '@mantine/core';
import { useState } from 'react';
import { Icon, type IconName } from '../icons/icon.component.tsx';
import { kitTexts } from '../texts/kit-texts.ts';
import type { Upload, UploadQueue, UploadState } from './upload-queue.store.ts';

const ICONS: Record<UploadState, IconName> = {
  waiting: 'clock',
  sending: 'upload',
  done: 'circleCheck',
  known: 'copy',
  failed: 'circleX',
};

/** What became of every file: progress while it is sent, the reason if it failed. */
export function UploadTray({ queue }: { queue: UploadQueue }) {
  const t = kitTexts.use();
  const uploads = queue.use();
  const [isFolded, setFolded] = useState(false);
  if (uploads.length === 0) return null;

  const total = uploads.length;
  const open = uploads.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  const failed = uploads.filter(({ state }) => state === 'failed').length;
  const share =
    uploads.reduce((sum, { state, progress }) => sum + (state === 'failed' ? 1 : progress), 0) / total;

  return (
    <section className="v-tray" aria-label={t('uploadTitle')}>
      <header>
        <strong role="status">
          {open > 0
            ? t('uploadRunning', { done: total - open, total })
            : t('uploadFinished', { count: total })}
        </strong>
        {failed > 0 && open === 0 && (
          <Button size="compact-xs" variant="light" onClick={queue.retryFailed}>
            {t('uploadRetry', { count: failed })}
          </Button>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('uploadTitle')}
          aria-expanded={!isFolded}
          onClick={() => setFolded(!isFolded)}
        >
          <Icon name={isFolded ? 'chevronUp' : 'chevronDown'} />
        </ActionIcon>
        {open === 0 && (
          <ActionIcon variant="subtle" color="gray" aria-label={t('close')} onClick={queue.clear}>
            <Icon name="close" />
          </ActionIcon>
        )}
      </header>
      {open > 0 && <Progress value={share * 100} size={3} radius={0} aria-label={t('uploadTitle')} />}
      {!isFolded && (
        <ul>
          {uploads.map((upload) => (
            <UploadLine key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  );
}

function UploadLine({ upload: { name, state, progress, problem } }: { upload: Upload }) {
  const t = kitTexts.use();
  const words = {
    waiting: t('uploadWaiting'),
    sending: `${Math.round(progress * 100)} %`,
    done: t('uploadDone'),
    known: t('uploadKnown'),
    failed: t('uploadFailed'),
  };
  return (
    <li className={`is-${state}`}>
      <Icon name={ICONS[state]} size={16} />
      <span className="v-cut" title={name}>
        {name}
      </span>
      <span className="v-muted v-figures">{words[state]}</span>
      {problem && <p>{problem}</p>}
    </li>
  );
}
