import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { DayText, ErrorState, Icon, LoadingRows, Money, StateMessage } from '@valero/ui';
import { type ReactNode, useState } from 'react';
import type { DocumentDetailOut, Invoice } from '../api.ts';
import { fibuTexts } from '../texts.ts';
import { InvoiceLines } from './invoice-lines.component.tsx';
import { InvoiceTotals } from './invoice-totals.component.tsx';
import { invoiceQuery } from './proposal.resource.ts';

/** The invoice as it was read, laid out like paper. */
export function InvoiceView({ document }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  const invoice = useQuery({ ...invoiceQuery(document.id), enabled: document.invoice !== null });
  if (document.invoice === null)
    return (
      <section className="f-paper" aria-label={t('invoice')}>
        <StateMessage
          icon="document"
          title={t('documentUnreadable')}
          action={
            <Button
              component="a"
              variant="default"
              href={`/api/beleg/documents/${document.id}/original`}
              download
            >
              {t('documentOriginalDownload')}
            </Button>
          }
        >
          {document.problem}
        </StateMessage>
      </section>
    );
  return (
    <section className="f-paper" aria-label={t('invoice')}>
      {invoice.isPending && <LoadingRows rows={8} />}
      {invoice.isError && <ErrorState error={invoice.error} onRetry={invoice.refetch} />}
      {invoice.data && <Paper invoice={invoice.data.invoice} />}
      <Findings document={document} />
    </section>
  );
}

function Paper({ invoice }: { invoice: Invoice }) {
  const t = fibuTexts.use();
  const [isShort, setShort] = useState(true);
  return (
    <>
      <header className="f-paper-head">
        <div>
          <h2>{invoice.seller.name}</h2>
          <Address party={invoice.seller} />
        </div>
        <div className="f-paper-amount">
          <span className="v-muted">{t('invoicePayable')}</span>
          <Money amount={invoice.totals.payable} currency={invoice.currency} strong />
        </div>
      </header>
      <dl className="f-facts">
        <Fact label={t('documentNumber')}>{invoice.number}</Fact>
        <Fact label={t('invoiceIssued')}>
          <DayText day={invoice.issued_on} />
        </Fact>
        {invoice.due_on && (
          <Fact label={t('invoiceDue')}>
            <DayText day={invoice.due_on} />
          </Fact>
        )}
        <SupplyDate invoice={invoice} />
        <Fact label={t('invoiceVatId')}>{invoice.seller.vat_id}</Fact>
        <Fact label={t('invoiceTaxNumber')}>{invoice.seller.tax_number}</Fact>
        <Fact label={t('invoiceOrder')}>{invoice.references.order}</Fact>
        <Fact label={t('invoiceBuyer')}>{invoice.buyer.name}</Fact>
      </dl>
      <InvoiceTotals invoice={invoice} />
      <InvoiceLines invoice={invoice} />
      <Remarks invoice={invoice} isShort={isShort} onMore={() => setShort(false)} />
    </>
  );
}

export const Fact = ({ label, children }: { label: string; children: ReactNode }) =>
  children ? (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  ) : null;

function SupplyDate({ invoice: { delivery, period } }: { invoice: Invoice }) {
  const t = fibuTexts.use();
  if (delivery?.delivered_on)
    return (
      <Fact label={t('invoiceDelivered')}>
        <DayText day={delivery.delivered_on} />
      </Fact>
    );
  if (!period?.starts_on || !period.ends_on) return null;
  return (
    <Fact label={t('invoicePeriod')}>
      <DayText day={period.starts_on} /> – <DayText day={period.ends_on} />
    </Fact>
  );
}

function Address({ party: { address } }: { party: Invoice['seller'] }) {
  if (!address) return null;
  const place = [address.post_code, address.city].filter(Boolean).join(' ');
  const lines = [
    address.line_one,
    address.line_two,
    place,
    address.country !== 'DE' ? address.country : null,
  ];
  return <p className="v-muted v-small">{lines.filter(Boolean).join(', ')}</p>;
}

interface RemarksProps {
  invoice: Invoice;
  isShort: boolean;
  onMore(): void;
}

function Remarks({ invoice, isShort, onMore }: RemarksProps) {
  const t = fibuTexts.use();
  const account = invoice.payments.find((payment) => payment.account)?.account;
  return (
    <dl className="f-facts f-remarks">
      <Fact label={t('invoicePayment')}>
        {account && <span className="v-figures">{inGroups(account)}</span>}
      </Fact>
      <Fact label={t('invoicePaymentReference')}>{invoice.payment_reference}</Fact>
      <Fact label={t('invoiceTerms')}>{invoice.payment_terms}</Fact>
      {invoice.notes.length > 0 && (
        <Fact label={t('invoiceNotes')}>
          <span className={isShort ? 'f-clamped' : undefined}>
            {invoice.notes.map(({ text }) => text).join('\n')}
          </span>
          {isShort && invoice.notes.some(({ text }) => text.length > 200) && (
            <Button
              variant="subtle"
              size="compact-xs"
              rightSection={<Icon name="chevronDown" size={14} />}
              onClick={onMore}
            >
              {t('invoiceShow')}
            </Button>
          )}
        </Fact>
      )}
    </dl>
  );
}

/** An IBAN in groups of four. */
const inGroups = (account: string): string => account.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 ');

/** What the format demands and the sender did not keep; for asking back. */
function Findings({ document: { findings } }: { document: DocumentDetailOut }) {
  const t = fibuTexts.use();
  if (findings.length === 0) return null;
  return (
    <details className="f-findings">
      <summary>{t('documentFindings', { count: findings.length })}</summary>
      <ul>
        {findings.map(({ rule, message }) => (
          <li key={rule + message}>
            {message} ({rule})
          </li>
        ))}
      </ul>
    </details>
  );
}
