/** Records of this module for the command palette. */
import { dataOf, formatAmount, formatDay, type Hit } from '@valero/ui';
import { beleg, fibu } from './api.ts';
import { fibuTexts } from './texts.ts';

const OF_EACH = 4;

/** Documents, entries and accounts that match; a service that fails adds nothing. */
export async function search(words: string, signal: AbortSignal): Promise<Hit[]> {
  const found = await Promise.allSettled([
    findDocuments(words, signal),
    findEntries(words, signal),
    findAccounts(words, signal),
  ]);
  return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

async function findDocuments(words: string, signal: AbortSignal): Promise<Hit[]> {
  const query = { q: words, limit: OF_EACH };
  const { items } = await dataOf(beleg.GET('/api/beleg/documents', { params: { query }, signal }));
  return items.map(({ id, filename, invoice }) => ({
    id: `document-${id}`,
    group: fibuTexts.t('searchDocuments'),
    title: invoice ? `${invoice.seller_name} · ${invoice.number}` : filename,
    ...(invoice && {
      description: `${formatDay(invoice.issued_on)} · ${formatAmount(invoice.payable, invoice.currency)}`,
    }),
    path: `/fibu/belege/${id}?state=all`,
    icon: 'inbox',
  }));
}

async function findEntries(words: string, signal: AbortSignal): Promise<Hit[]> {
  const query = { q: words, limit: OF_EACH };
  const { items } = await dataOf(fibu.GET('/api/fibu/entries', { params: { query }, signal }));
  return items.map(({ id, document_number, text, posted_on, total, currency }) => ({
    id: `entry-${id}`,
    group: fibuTexts.t('searchEntries'),
    title: text || document_number,
    description: `${document_number} · ${formatDay(posted_on)} · ${formatAmount(total, currency)}`,
    path: `/fibu/journal/${id}`,
    icon: 'journal',
  }));
}

async function findAccounts(words: string, signal: AbortSignal): Promise<Hit[]> {
  const query = { q: words, limit: OF_EACH };
  const { items } = await dataOf(fibu.GET('/api/fibu/accounts', { params: { query }, signal }));
  return items.map(({ number, name }) => ({
    id: `account-${number}`,
    group: fibuTexts.t('searchAccounts'),
    title: `${number} · ${name}`,
    path: `/fibu/journal?account=${number}`,
    icon: 'accounts',
  }));
}
