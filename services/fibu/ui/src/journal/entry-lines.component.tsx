import { Money, sum, ZERO } from '@valero/ui';
import type { EntryOut, LineOut } from '../api.ts';
import { fibuTexts } from '../texts.ts';

/** The lines of a posted entry with their sums. */
export function EntryLines({ entry }: { entry: EntryOut }) {
  const t = fibuTexts.use();
  const total = (side: 'debit' | 'credit') => sum(entry.lines.map((line) => line[side] ?? ZERO));
  return (
    <table className="f-table">
      <thead>
        <tr>
          <th scope="col">{t('account')}</th>
          <th scope="col" className="v-right">
            {t('debit')}
          </th>
          <th scope="col" className="v-right">
            {t('credit')}
          </th>
        </tr>
      </thead>
      <tbody>
        {entry.lines.map((line, index) => (
          <Line key={index} line={line} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('sumIn', { currency: entry.currency })}</th>
          <td className="v-right">
            <Money amount={total('debit')} strong />
          </td>
          <td className="v-right">
            <Money amount={total('credit')} strong />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function Line({ line }: { line: LineOut }) {
  const t = fibuTexts.use();
  const details = [
    line.partner,
    line.text,
    line.tax_code && `${t('taxCode')} ${line.tax_code}`,
    line.cost_centre && `${t('costCentre')} ${line.cost_centre}`,
  ].filter(Boolean);
  return (
    <tr>
      <th scope="row">
        <span className="v-figures">{line.account}</span>{' '}
        <span className="f-account-name">{line.account_name}</span>
        {details.length > 0 && <span className="v-muted v-small f-line-details">{details.join(' · ')}</span>}
      </th>
      <td className="v-right">{line.debit !== null && <Money amount={line.debit} />}</td>
      <td className="v-right">{line.credit !== null && <Money amount={line.credit} />}</td>
    </tr>
  );
}
