import { Icon, type IconName, inLanguage, useLanguage, useShortcut } from '@valero/ui';
import { NavLink, useNavigate } from 'react-router';
import { loadComponent } from '../modules/load-module.ts';
import { type ReachableModule, useModules } from '../modules/registry.resource.ts';
import { shellTexts } from '../texts.ts';

/** Home and, per module, the pages that the user may see. */
export function Navigation() {
  const t = shellTexts.use();
  return (
    <nav className="s-nav" aria-label={t('navigation')}>
      <ul>
        <Entry path="/" label={t('home')} icon="home" jump="s" />
      </ul>
      {useModules().map((module) => (
        <ModuleEntries key={module.id} module={module} />
      ))}
    </nav>
  );
}

function ModuleEntries({ module }: { module: ReachableModule }) {
  const t = shellTexts.use();
  const language = useLanguage();
  const name = inLanguage(module.title, language);
  const prefetch = () => void loadComponent(module, 'App').catch(() => undefined);
  return (
    <section>
      <h2 id={`nav-${module.id}`}>
        {name}
        {module.status === 'down' && (
          <span className="s-nav-down" title={t('moduleDown', { name })}>
            <span className="v-visually-hidden">{t('moduleDown', { name })}</span>
          </span>
        )}
      </h2>
      <ul aria-labelledby={`nav-${module.id}`} onPointerEnter={prefetch} onFocus={prefetch}>
        {module.pages.map(({ id, path, label, icon, jump }) => (
          <Entry key={id} path={path} label={label[language]} icon={icon} jump={jump} />
        ))}
      </ul>
    </section>
  );
}

interface EntryProps {
  path: string;
  label: string;
  icon: IconName;
  jump?: string | undefined;
}

function Entry({ path, label, icon, jump }: EntryProps) {
  const t = shellTexts.use();
  const navigate = useNavigate();
  useShortcut(`g ${jump}`, t('shortcutsGo'), label, () => void navigate(path), Boolean(jump));
  return (
    <li>
      <NavLink to={path} end={path === '/'}>
        <Icon name={icon} />
        {label}
      </NavLink>
    </li>
  );
}
