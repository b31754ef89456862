/** Posting many proposals: a few at a time, each with a lasting key, and an account of every failure. */
import { asProblem } from '@valero/ui';

export interface RunLine {
  documentId: string;
  state: 'waiting' | 'running' | 'booked' | 'skipped' | 'failed';
  /** Why it was not booked. */
  reason: string | null;
}

interface RunSteps {
  warningsOf(documentId: string): Promise<string[]>;
  post(documentId: string): Promise<unknown>;
}

interface RunOptions {
  /** Documents with warnings stay open. */
  skipWarned: boolean;
  isStopped(): boolean;
  onChange(lines: readonly RunLine[]): void;
}

const AT_ONCE = 2;

export const waitingLines = (documentIds: readonly string[]): RunLine[] =>
  documentIds.map((documentId) => ({ documentId, state: 'waiting', reason: null }));

/** Resolves with the outcome of every document; those left when it was stopped still wait. */
export async function runPosting(
  documentIds: readonly string[],
  steps: RunSteps,
  { skipWarned, isStopped, onChange }: RunOptions,
): Promise<readonly RunLine[]> {
  let lines: readonly RunLine[] = waitingLines(documentIds);
  const queue = [...documentIds];

  const note = (documentId: string, state: RunLine['state'], reason: string | null = null) => {
    lines = lines.map((line) => (line.documentId === documentId ? { documentId, state, reason } : line));
    onChange(lines);
  };

  async function bookOne(documentId: string): Promise<void> {
    note(documentId, 'running');
    try {
      const [warning] = skipWarned ? await steps.warningsOf(documentId) : [];
      if (warning) return note(documentId, 'skipped', warning);
      await steps.post(documentId);
      note(documentId, 'booked');
    } catch (error) {
      note(documentId, 'failed', asProblem(error).message);
    }
  }

  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined && !isStopped(); next = queue.shift())
      await bookOne(next);
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return lines;
}
