import { useEffect, useEffectEvent, useState } from 'react';
import { Icon } from '../icons/icon.component.tsx';
import { kitTexts } from '../texts/kit-texts.ts';

interface DropAreaProps {
  hint: string;
  onFiles(files: File[]): void;
}

/** Takes files dropped anywhere in the window while it is on screen, and pasted ones. */
export function DropArea({ hint, onFiles }: DropAreaProps) {
  const t = kitTexts.use();
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFiles);

  useEffect(() => {
    const listening = new AbortController();
    const on = <K extends keyof WindowEventMap>(type: K, listener: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(type, listener, { signal: listening.signal });
    on('dragover', (event) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(false);
      void filesOf(event.dataTransfer).then((files) => files.length > 0 && take(files));
    });
    on('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) take(files);
    });
    return () => listening.abort();
  }, []);

  if (!isOver) return null;
  return (
    <div className="v-drop" aria-hidden>
      <div>
        <Icon name="upload" size={32} />
        <strong>{t('uploadDrop')}</strong>
        <span>{hint}</span>
      </div>
    </div>
  );
}

const carriesFiles = (data: DataTransfer | null): data is DataTransfer =>
  data?.types.includes('Files') ?? false;

/** Folders are opened; the browser hands their files out in portions. */
async function filesOf(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => !entry?.isDirectory)) return [...data.files];
  const found = await Promise.all(entries.map((entry) => (entry ? filesIn(entry) : [])));
  return found.flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (let portion = await read(reader); portion.length > 0; portion = await read(reader))
    found.push(...(await Promise.all(portion.map(filesIn))).flat());
  return found;
}

const read = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((done, failed) => reader.readEntries(done, failed));
