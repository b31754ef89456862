import { useQuery } from '@tanstack/react-query';
import { asProblem, formatAmount, formatDecimal, NextStep, NextSteps, today, useCan } from '@valero/ui';
import { balancesQuery } from './balances/balances.resource.ts';
import { countQuery, useDocumentStream, useDocuments } from './inbox/documents.resource.ts';
import { fibuTexts } from './texts.ts';

const SUPPLIERS_SHOWN = 3;

/** What an accountant should do next. */
export default function FibuHome() {
  const t = fibuTexts.use();
  const canReceive = useCan('beleg:read');
  const canRead = useCan('fibu:read');
  return (
    <NextSteps title={t('module')}>
      {canReceive && <DocumentSteps />}
      {canRead && <BalanceStep />}
    </NextSteps>
  );
}

function DocumentSteps() {
  const t = fibuTexts.use();
  useDocumentStream();
  const open = useDocuments({ state: 'received', words: '' });
  const toBook = useQuery(countQuery('received'));
  const byHand = useQuery(countQuery('unreadable'));
  const booked = useQuery(countQuery('booked'));
  if (toBook.isPending || byHand.isPending || booked.isPending) return null;
  const problem = toBook.error ?? byHand.error ?? booked.error;
  if (problem)
    return (
      <NextStep
        icon="alert"
        tone="bad"
        title={t('homeFailed')}
        description={asProblem(problem).message}
        to="/fibu/belege"
      />
    );
  const suppliers = open.items.flatMap(({ invoice }) => (invoice ? [invoice.seller_name] : []));
  return (
    <>
      <ToBookStep
        count={toBook.data ?? 0}
        isNew={(booked.data ?? 0) + (byHand.data ?? 0) === 0}
        suppliers={[...new Set(suppliers)].slice(0, SUPPLIERS_SHOWN)}
      />
      {Boolean(byHand.data) && (
        <NextStep
          icon="document"
          tone="warn"
          title={t('homeByHand', { count: byHand.data ?? 0, shown: formatDecimal(String(byHand.data)) })}
          description={t('homeByHandHint')}
          to="/fibu/belege?state=unreadable"
        />
      )}
    </>
  );
}

interface ToBookStepProps {
  count: number;
  /** Nothing has ever arrived. */
  isNew: boolean;
  suppliers: string[];
}

function ToBookStep({ count, isNew, suppliers }: ToBookStepProps) {
  const t = fibuTexts.use();
  if (count > 0)
    return (
      <NextStep
        icon="inbox"
        title={t('homeToBook', { count, shown: formatDecimal(String(count)) })}
        description={suppliers.length > 0 && t('homeToBookHint', { suppliers: suppliers.join(', ') })}
        to="/fibu/belege"
      />
    );
  if (isNew)
    return (
      <NextStep icon="upload" title={t('homeFirst')} description={t('homeFirstHint')} to="/fibu/belege" />
    );
  return (
    <NextStep
      icon="circleCheck"
      tone="good"
      title={t('homeNothing')}
      description={t('homeNothingHint')}
      to="/fibu/belege?state=all"
    />
  );
}

function BalanceStep() {
  const t = fibuTexts.use();
  const { data } = useQuery(balancesQuery(today()));
  if (!data || data.currencies.length === 0) return null;
  const wrong = data.currencies.find(({ balanced }) => !balanced);
  const show = (amount: string, currency: string) => formatAmount(amount, currency);
  if (wrong)
    return (
      <NextStep
        icon="alert"
        tone="bad"
        title={t('homeUnbalanced')}
        description={t('homeUnbalancedHint', {
          debit: show(wrong.total_debit, wrong.currency),
          credit: show(wrong.total_credit, wrong.currency),
        })}
        to="/fibu/salden"
      />
    );
  return (
    <NextStep
      icon="scale"
      tone="good"
      title={t('homeBalanced')}
      description={t('homeBalancedHint', {
        amount: data.currencies.map((sheet) => show(sheet.total_debit, sheet.currency)).join(' · '),
      })}
      to="/fibu/salden"
    />
  );
}
