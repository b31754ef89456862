import { fibuTexts } from './texts.ts';

/** UNTDID 1001: the codes of documents by which the supplier owes us. */
const CREDIT_NOTES = new Set(['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '532']);

export const isCreditNote = (typeCode: string): boolean => CREDIT_NOTES.has(typeCode);

/** In words, where a document is not an ordinary invoice. */
export function useDocumentKind(): (typeCode: string | undefined) => string | null {
  const t = fibuTexts.use();
  return (typeCode = '') => {
    if (isCreditNote(typeCode)) return t('creditNote');
    if (typeCode === '384') return t('correction');
    return typeCode === '389' ? t('selfBilled') : null;
  };
}
