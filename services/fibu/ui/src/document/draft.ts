/** The entry that is being prepared from a document: what the editor changes and the ledger gets. */
import { type Amount, absolute, type Day, isZero, newKey, subtract, sum, toCents, ZERO } from '@valero/ui';
import type { EntryIn, LineIn } from '../api.ts';

export interface DraftLine {
  /** Lasting name of the row in the editor; never sent. */
  key: string;
  account: string;
  debit: Amount | null;
  credit: Amount | null;
  taxCode: string;
  costCentre: string;
  partner: string;
  text: string;
}

export interface Draft {
  postedOn: Day | null;
  documentOn: Day | null;
  documentNumber: string;
  text: string;
  currency: string;
  lines: DraftLine[];
}

export interface DraftTotals {
  debit: Amount;
  credit: Amount;
  /** Debit minus credit; zero when the entry balances. */
  difference: Amount;
}

export type DraftFlaw = 'day' | 'number' | 'tooFewLines' | 'account' | 'amount' | 'unbalanced';

export const emptyLine = (): DraftLine => ({
  key: newKey(),
  account: '',
  debit: null,
  credit: null,
  taxCode: '',
  costCentre: '',
  partner: '',
  text: '',
});

export const draftFrom = (entry: EntryIn): Draft => ({
  postedOn: entry.posted_on,
  documentOn: entry.document_on,
  documentNumber: entry.document_number,
  text: entry.text,
  currency: entry.currency,
  lines: entry.lines.map((line) => ({
    key: newKey(),
    account: line.account,
    debit: line.debit ?? null,
    credit: line.credit ?? null,
    taxCode: line.tax_code ?? '',
    costCentre: line.cost_centre ?? '',
    partner: line.partner ?? '',
    text: line.text ?? '',
  })),
});

export function totalsOf({ lines }: Draft): DraftTotals {
  const debit = sum(lines.map((line) => line.debit ?? ZERO));
  const credit = sum(lines.map((line) => line.credit ?? ZERO));
  return { debit, credit, difference: subtract(debit, credit) };
}

/** What still keeps the ledger from taking the entry; empty when it can be posted. */
export function flawsOf(draft: Draft): DraftFlaw[] {
  const lines = draft.lines.filter(isUsed);
  const flaws: [DraftFlaw, boolean][] = [
    ['day', draft.postedOn === null || draft.documentOn === null],
    ['number', draft.documentNumber.trim() === ''],
    ['tooFewLines', lines.length < 2],
    ['account', lines.some(({ account }) => account === '')],
    ['amount', lines.some(({ debit, credit }) => debit === null && credit === null)],
    ['unbalanced', !isZero(totalsOf(draft).difference)],
  ];
  return flaws.filter(([, applies]) => applies).map(([flaw]) => flaw);
}

const isUsed = ({ account, debit, credit, text }: DraftLine): boolean =>
  account !== '' || debit !== null || credit !== null || text !== '';

/** For the API; throws if a day is missing, which flawsOf would have told. */
export function entryFrom(draft: Draft, original: EntryIn): EntryIn {
  if (draft.postedOn === null || draft.documentOn === null) throw new Error('a day is missing');
  return {
    ...original,
    posted_on: draft.postedOn,
    document_on: draft.documentOn,
    document_number: draft.documentNumber.trim(),
    text: draft.text.trim(),
    lines: draft.lines.filter(isUsed).map(lineFrom),
  };
}

const lineFrom = (line: DraftLine): LineIn => ({
  account: line.account,
  ...(line.debit === null ? { credit: line.credit } : { debit: line.debit }),
  tax_code: line.taxCode.trim() || null,
  cost_centre: line.costCentre.trim() || null,
  partner: line.partner.trim() || null,
  text: line.text.trim() || null,
});

/** Has anything been changed that would be lost? */
export const differs = (draft: Draft, entry: EntryIn): boolean => {
  const { lines, ...head } = draft;
  const { lines: before, ...headBefore } = draftFrom(entry);
  const bare = (all: DraftLine[]) => all.filter(isUsed).map(({ key: _, ...line }) => line);
  return JSON.stringify([head, bare(lines)]) !== JSON.stringify([headBefore, bare(before)]);
};

export const changeLine = (draft: Draft, key: string, changes: Partial<DraftLine>): Draft => ({
  ...draft,
  lines: draft.lines.map((line) => (line.key === key ? { ...line, ...changes } : line)),
});

export const removeLine = (draft: Draft, key: string): Draft => ({
  ...draft,
  lines: draft.lines.filter((line) => line.key !== key),
});

/** A new line that brings the entry into balance, on the side that lacks it. */
export function addLine(draft: Draft): Draft {
  const { difference } = totalsOf(draft);
  const missing = absolute(difference);
  const side = toCents(difference) > 0n ? { credit: missing } : { debit: missing };
  return { ...draft, lines: [...draft.lines, { ...emptyLine(), ...(isZero(difference) ? {} : side) }] };
}
