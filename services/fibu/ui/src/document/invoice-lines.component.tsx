import { Button } from '@mantine/core';
import { formatDecimal, Money } from '@valero/ui';
import { useState } from 'react';
import type { Invoice, InvoiceLine } from '../api.ts';
import { fibuTexts } from '../texts.ts';

const SHOWN_AT_FIRST = 6;

export function InvoiceLines({ invoice: { lines } }: { invoice: Invoice }) {
  const t = fibuTexts.use();
  const [isAll, setAll] = useState(lines.length <= SHOWN_AT_FIRST + 1);
  return (
    <div className="f-lines">
      <table>
        <caption className="v-visually-hidden">{t('invoiceLines', { count: lines.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('invoiceItem')}</th>
            <th scope="col" className="v-right">
              {t('invoiceQuantity')}
            </th>
            <th scope="col" className="v-right">
              {t('invoicePrice')}
            </th>
            <th scope="col" className="v-right">
              {t('invoiceRate')}
            </th>
            <th scope="col" className="v-right">
              {t('invoiceNet')}
            </th>
          </tr>
        </thead>
        <tbody>
          {(isAll ? lines : lines.slice(0, SHOWN_AT_FIRST)).map((line) => (
            <Line key={line.number} line={line} />
          ))}
        </tbody>
      </table>
      {!isAll && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t('invoiceMore', { count: lines.length })}
        </Button>
      )}
    </div>
  );
}

function Line({ line: { item, quantity, unit, price, rate, net } }: { line: InvoiceLine }) {
  return (
    <tr>
      <th scope="row">
        {item.name}
        {item.description && <span className="v-muted">{item.description}</span>}
      </th>
      <td className="v-figures v-right">
        {formatDecimal(quantity)} {unitName(unit)}
      </td>
      <td className="v-figures v-right">{formatDecimal(price.net, 2)}</td>
      <td className="v-figures v-right">{rate ? `${formatDecimal(rate)} %` : ''}</td>
      <td className="v-right">
        <Money amount={net} />
      </td>
    </tr>
  );
}

/** UN/ECE Recommendation 20 codes that occur in everyday invoices, as people write them. */
const UNITS: Record<string, string> = {
  C62: 'Stk.',
  H87: 'Stk.',
  XPP: 'Stk.',
  HUR: 'Std.',
  DAY: 'Tage',
  MON: 'Mon.',
  ANN: 'Jahr',
  MIN: 'Min.',
  KGM: 'kg',
  GRM: 'g',
  TNE: 't',
  LTR: 'l',
  MTR: 'm',
  KMT: 'km',
  MTK: 'm²',
  MTQ: 'm³',
  KWH: 'kWh',
  SET: 'Set',
  LS: 'pauschal',
};

const unitName = (unit: string | null | undefined): string => UNITS[unit ?? ''] ?? '';
