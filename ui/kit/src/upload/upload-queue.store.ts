/**
 * Files on their way to the server, one request each and a few at a time. The queue belongs to the
 * page of the browser, not to a component: it goes on while the user looks at something else.
 */
import { useSyncExternalStore } from 'react';
import { Problem, problemFrom } from '../api/problem.ts';
import { currentSession, refreshSession, signedInAgain } from '../session/session.store.ts';
import { currentLanguage } from '../texts/texts.ts';

export type UploadState = 'waiting' | 'sending' | 'done' | 'known' | 'failed';

export interface Upload {
  id: number;
  name: string;
  size: number;
  state: UploadState;
  /** 0 to 1 of the bytes sent. */
  progress: number;
  problem: string | null;
}

interface Queued extends Upload {
  file: File;
}

const AT_ONCE = 3;

/** `url` takes one multipart `file` per POST and answers 201, or 200 if it has the same bytes already. */
export function createUploadQueue(url: string, onArrived: () => void) {
  let uploads: readonly Queued[] = [];
  let lastId = 0;
  const listeners = new Set<() => void>();

  function set(next: readonly Queued[]): void {
    uploads = next;
    for (const listener of listeners) listener();
  }

  const change = (id: number, changes: Partial<Upload>) =>
    set(uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)));

  function fill(): void {
    const sending = uploads.filter(({ state }) => state === 'sending').length;
    for (const upload of uploads.filter(({ state }) => state === 'waiting').slice(0, AT_ONCE - sending))
      void start(upload);
  }

  async function start({ id, file }: Queued): Promise<void> {
    change(id, { state: 'sending', progress: 0, problem: null });
    try {
      const status = await sendRenewed(file, (progress) => change(id, { progress }));
      change(id, { state: status === 200 ? 'known' : 'done', progress: 1 });
      onArrived();
    } catch (error) {
      change(id, { state: 'failed', problem: error instanceof Error ? error.message : String(error) });
    }
    fill();
  }

  async function sendRenewed(file: File, onProgress: (share: number) => void): Promise<number> {
    const startedAt = Date.now();
    try {
      return await sendFile(url, file, onProgress);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      if (!(await refreshSession(startedAt))) await signedInAgain();
      if (currentSession().status === 'signed-out') throw error;
      return sendFile(url, file, onProgress);
    }
  }

  return {
    add(files: readonly File[]): void {
      const added = files.map(
        (file): Queued => ({
          id: ++lastId,
          file,
          name: file.name,
          size: file.size,
          state: 'waiting',
          progress: 0,
          problem: null,
        }),
      );
      set([...uploads.filter(({ state }) => state !== 'done' && state !== 'known'), ...added]);
      fill();
    },
    retryFailed(): void {
      set(uploads.map((upload) => (upload.state === 'failed' ? { ...upload, state: 'waiting' } : upload)));
      fill();
    },
    clear: (): void => set(uploads.filter(({ state }) => state === 'waiting' || state === 'sending')),
    use: (): readonly Upload[] =>
      useSyncExternalStore(
        (listener) => {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
        () => uploads,
      ),
  };
}

export type UploadQueue = ReturnType<typeof createUploadQueue>;

/** XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
function sendFile(url: string, file: File, onProgress: (share: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('accept-language', currentLanguage());
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onerror = () => reject(new Problem(0));
    request.onload = () => {
      if (request.status < 400) resolve(request.status);
      else
        reject(problemFrom(request.status, request.getResponseHeader('content-type'), request.responseText));
    };
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}
