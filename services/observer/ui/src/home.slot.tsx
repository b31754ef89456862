import { useQuery } from '@tanstack/react-query';
import { asProblem, NextStep, NextSteps, useLanguage } from '@valero/ui';
import { servicesQuery } from './services/services.resource.ts';
import { isTroubled } from './services/state.ts';
import { observerTexts } from './texts.ts';

const REFRESH_MILLISECONDS = 15_000;

/** Whether everything runs. */
export default function ObserverHome() {
  const t = observerTexts.use();
  return (
    <NextSteps title={t('module')}>
      <SystemStep />
    </NextSteps>
  );
}

function SystemStep() {
  const t = observerTexts.use();
  const language = useLanguage();
  const { data, error } = useQuery({ ...servicesQuery, refetchInterval: REFRESH_MILLISECONDS });
  if (!data)
    return error ? (
      <NextStep
        icon="alert"
        tone="warn"
        title={t('homeFailed')}
        description={asProblem(error).message}
        to="/observer"
      />
    ) : null;
  const troubled = data.filter(isTroubled);
  if (troubled.length === 0)
    return (
      <NextStep
        icon="circleCheck"
        tone="good"
        title={t('allUp')}
        description={t('allUpHint', { count: data.length })}
        to="/observer"
      />
    );
  const names = troubled.map(({ title }) => title).join(', ');
  return (
    <NextStep
      icon="alert"
      tone="bad"
      title={t(troubled.length === 1 ? 'homeTrouble' : 'homeTroubleMany', { names })}
      description={troubled[0]?.instances[0]?.text[language]}
      to="/observer"
    />
  );
}
