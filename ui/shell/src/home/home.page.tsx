import { formatDayInWords, PageHeader, StateMessage, today, useLanguage, useUser } from '@valero/ui';
import { ModuleFrame } from '../modules/module.page.tsx';
import { useModules } from '../modules/registry.resource.ts';
import { shellTexts } from '../texts.ts';

/** What is to be done next, as the modules see it. */
export function HomePage() {
  const t = shellTexts.use();
  useLanguage();
  const { name } = useUser();
  const modules = useModules();
  const greeting = t(greetingFor(new Date().getHours()), { name });
  return (
    <div className="s-home">
      <PageHeader title={greeting} tab={t('home')} description={formatDayInWords(today())} />
      <section aria-label={t('next')} className="s-home-slots">
        {modules.map((module) => (
          <ModuleFrame key={module.id} manifest={module} kind="Home" />
        ))}
      </section>
      {modules.length === 0 && (
        <StateMessage icon="circleCheck" tone="good" title={t('homeEmpty')}>
          {t('homeEmptyHint')}
        </StateMessage>
      )}
    </div>
  );
}

const greetingFor = (hour: number) =>
  hour < 11 ? 'greetingMorning' : hour < 18 ? 'greetingDay' : 'greetingEvening';
