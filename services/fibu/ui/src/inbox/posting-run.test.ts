import { Problem } from '@valero/ui';
import { describe, expect, it } from 'vitest';
import { runPosting } from './posting-run.ts';

const OPTIONS = { skipWarned: true, isStopped: () => false, onChange: () => undefined };

describe('posting many proposals', () => {
  it('books the good ones and says why the others were left', async () => {
    const posted: string[] = [];
    const lines = await runPosting(
      ['a', 'b', 'c'],
      {
        warningsOf: async (id) => (id === 'b' ? ['Bitte das Leistungsdatum prüfen.'] : []),
        post: async (id) => {
          if (id === 'c') throw new Problem(409, { detail: 'Der Beleg ist schon gebucht.' });
          posted.push(id);
        },
      },
      OPTIONS,
    );
    expect(posted).toEqual(['a']);
    expect(lines).toEqual([
      { documentId: 'a', state: 'booked', reason: null },
      { documentId: 'b', state: 'skipped', reason: 'Bitte das Leistungsdatum prüfen.' },
      { documentId: 'c', state: 'failed', reason: 'Der Beleg ist schon gebucht.' },
    ]);
  });

  it('books warned ones too when asked to', async () => {
    const lines = await runPosting(
      ['b'],
      { warningsOf: async () => ['Hinweis'], post: async () => undefined },
      { ...OPTIONS, skipWarned: false },
    );
    expect(lines[0]?.state).toBe('booked');
  });

  it('never has more than two under way', async () => {
    let underWay = 0;
    let most = 0;
    await runPosting(
      ['1', '2', '3', '4', '5', '6'],
      {
        warningsOf: async () => [],
        post: async () => {
          most = Math.max(most, ++underWay);
          await new Promise((resolve) => setTimeout(resolve, 1));
          underWay -= 1;
        },
      },
      OPTIONS,
    );
    expect(most).toBe(2);
  });

  it('leaves the rest waiting when it is stopped', async () => {
    let done = 0;
    const lines = await runPosting(
      ['1', '2', '3', '4'],
      { warningsOf: async () => [], post: async () => ++done },
      { ...OPTIONS, isStopped: () => done >= 2 },
    );
    expect(lines.map(({ state }) => state)).toEqual(['booked', 'booked', 'waiting', 'waiting']);
  });
});
