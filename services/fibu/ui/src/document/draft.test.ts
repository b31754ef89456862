import { describe, expect, it } from 'vitest';
import type { EntryIn } from '../api.ts';
import {
  addLine,
  changeLine,
  differs,
  draftFrom,
  entryFrom,
  flawsOf,
  removeLine,
  totalsOf,
} from './draft.ts';

const PROPOSED: EntryIn = {
  posted_on: '2026-11-20',
  document_on: '2026-11-18',
  document_number: 'RE-4711',
  text: 'Bürobedarf',
  currency: 'EUR',
  source: 'beleg',
  source_id: '0193-4711',
  lines: [
    { account: '6815', debit: '100.00', tax_code: 'V19' },
    { account: '1406', debit: '19.00' },
    { account: '70001', credit: '119.00', partner: 'Papier Kraus GmbH' },
  ],
};

describe('the draft of an entry', () => {
  it('takes a proposal over and gives it back unchanged', () => {
    const draft = draftFrom(PROPOSED);
    expect(totalsOf(draft)).toEqual({ debit: '119.00', credit: '119.00', difference: '0.00' });
    expect(flawsOf(draft)).toEqual([]);
    expect(differs(draft, PROPOSED)).toBe(false);
    const entry = entryFrom(draft, PROPOSED);
    expect(entry.source_id).toBe('0193-4711');
    expect(entry.lines[2]).toEqual({
      account: '70001',
      credit: '119.00',
      tax_code: null,
      cost_centre: null,
      partner: 'Papier Kraus GmbH',
      text: null,
    });
  });

  it('knows that it was changed, and that it was changed back', () => {
    const draft = draftFrom(PROPOSED);
    const [first] = draft.lines;
    const changed = changeLine(draft, first?.key ?? '', { debit: '99.00' });
    expect(differs(changed, PROPOSED)).toBe(true);
    expect(differs(changeLine(changed, first?.key ?? '', { debit: '100.00' }), PROPOSED)).toBe(false);
  });

  it('does not balance by a cent', () => {
    const draft = draftFrom(PROPOSED);
    const changed = changeLine(draft, draft.lines[1]?.key ?? '', { debit: '19.01' });
    expect(totalsOf(changed).difference).toBe('0.01');
    expect(flawsOf(changed)).toEqual(['unbalanced']);
  });

  it('offers the missing amount on the side that lacks it', () => {
    const draft = draftFrom(PROPOSED);
    const open = removeLine(draft, draft.lines[1]?.key ?? '');
    const completed = addLine(open);
    expect(completed.lines.at(-1)).toMatchObject({ account: '', debit: '19.00', credit: null });
    expect(flawsOf(completed)).toEqual(['account']);
  });

  it('adds an empty line when nothing is missing, which is not sent', () => {
    const draft = addLine(draftFrom(PROPOSED));
    expect(draft.lines.at(-1)).toMatchObject({ debit: null, credit: null });
    expect(flawsOf(draft)).toEqual([]);
    expect(entryFrom(draft, PROPOSED).lines).toHaveLength(3);
  });

  it('names everything that keeps it from being posted', () => {
    const draft = { ...draftFrom(PROPOSED), postedOn: null, documentNumber: ' ', lines: [] };
    expect(flawsOf(draft)).toEqual(['day', 'number', 'tooFewLines']);
  });
});
