import { useQuery } from '@tanstack/react-query';
import { formatDecimal } from '@valero/ui';
import type { DocumentState } from '../api.ts';
import { fibuTexts } from '../texts.ts';
import { countQuery, type DocumentFilter } from './documents.resource.ts';

interface StateTabsProps {
  chosen: DocumentFilter['state'];
  onChoose(state: DocumentFilter['state']): void;
}

export function StateTabs({ chosen, onChoose }: StateTabsProps) {
  const t = fibuTexts.use();
  const states: [DocumentState, string][] = [
    ['received', t('stateReceived')],
    ['unreadable', t('stateUnreadable')],
    ['booked', t('stateBooked')],
    ['rejected', t('stateRejected')],
  ];
  return (
    <div className="f-tabs" role="group" aria-label={t('columnState')}>
      {states.map(([state, name]) => (
        <button key={state} type="button" aria-pressed={state === chosen} onClick={() => onChoose(state)}>
          {name} <Count state={state} />
        </button>
      ))}
      <button type="button" aria-pressed={chosen === 'all'} onClick={() => onChoose('all')}>
        {t('all')}
      </button>
    </div>
  );
}

function Count({ state }: { state: DocumentState }) {
  const { data } = useQuery(countQuery(state));
  return data ? <span className="f-count v-figures">{formatDecimal(String(data))}</span> : null;
}
