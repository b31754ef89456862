import { fibuTexts } from './texts.ts';

/** The type of an account in words. */
export function useAccountTypes(): (type: string) => string {
  const t = fibuTexts.use();
  const names: Record<string, string> = {
    asset: t('typeAsset'),
    liability: t('typeLiability'),
    equity: t('typeEquity'),
    revenue: t('typeRevenue'),
    expense: t('typeExpense'),
  };
  return (type) => names[type] ?? '';
}
