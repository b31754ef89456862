import { formatAmount, formatDecimal, isZero, Money } from '@valero/ui';
import type { Invoice } from '../api.ts';
import { fibuTexts } from '../texts.ts';

/** From the lines to what is to be paid, as the invoice itself states it. */
export function InvoiceTotals({ invoice: { totals, taxes, currency } }: { invoice: Invoice }) {
  const t = fibuTexts.use();
  const isPlain = totals.tax_inclusive === totals.payable;
  return (
    <dl className="f-totals">
      <Line label={t('invoiceTotalNet')} amount={totals.tax_exclusive} />
      <Line label={t('invoiceAllowances')} amount={totals.allowances} isNote />
      <Line label={t('invoiceCharges')} amount={totals.charges} isNote />
      {taxes.map(({ category, rate, base, tax, exemption_reason }) => (
        <Line
          key={`${category} ${rate}`}
          label={`${t('invoiceTaxes')} ${formatDecimal(rate ?? '0')} %`}
          note={exemption_reason ?? t('invoiceTaxBase', { base: formatAmount(base) })}
          amount={tax}
          isShownAtZero
        />
      ))}
      {!isPlain && <Line label={t('invoiceTotalGross')} amount={totals.tax_inclusive} />}
      <Line label={t('invoicePrepaid')} amount={totals.prepaid} />
      <Line label={t('invoiceRounding')} amount={totals.rounding} />
      <div className="f-total">
        <dt>{t('invoicePayable')}</dt>
        <dd>
          <Money amount={totals.payable} currency={currency} strong />
        </dd>
      </div>
    </dl>
  );
}

interface LineProps {
  label: string;
  amount: string | null | undefined;
  note?: string;
  /** Contained in other lines already. */
  isNote?: boolean;
  isShownAtZero?: boolean;
}

function Line({ label, amount, note, isNote, isShownAtZero }: LineProps) {
  if (!amount || (isZero(amount) && !isShownAtZero)) return null;
  return (
    <div className={isNote ? 'v-muted' : undefined}>
      <dt>
        {label} {note && <span className="v-muted v-small">{note}</span>}
      </dt>
      <dd>
        <Money amount={amount} />
      </dd>
    </div>
  );
}
