import { absolute, Chip, formatAmount, isNegative, isZero } from '@valero/ui';
import { fibuTexts } from '../texts.ts';
import { type Draft, totalsOf } from './draft.ts';

/** Debit, credit and what is missing, while the entry is being written. */
export function Balance({ draft }: { draft: Draft }) {
  const t = fibuTexts.use();
  const { debit, credit, difference } = totalsOf(draft);
  const missing = formatAmount(absolute(difference), draft.currency);
  return (
    <div className="f-balance" role="status">
      <span>
        {t('debit')} <strong className="v-figures">{formatAmount(debit)}</strong>
      </span>
      <span>
        {t('credit')} <strong className="v-figures">{formatAmount(credit, draft.currency)}</strong>
      </span>
      {isZero(difference) ? (
        <Chip tone="good" icon="check">
          {t('balanced')}
        </Chip>
      ) : (
        <Chip tone="bad">
          {t(isNegative(difference) ? 'missingInDebit' : 'missingInCredit', { amount: missing })}
        </Chip>
      )}
    </div>
  );
}
