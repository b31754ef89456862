import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { Icon, type IconName, useLanguage, useShortcut } from '@valero/ui';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useModules } from '../modules/registry.resource.ts';
import { shellTexts } from '../texts.ts';
import { useActions } from './actions.ts';
import { useFoundRecords } from './records.resource.ts';

const [store, palette] = createSpotlight();

export const openPalette = (): void => palette.open();

interface Item {
  id: string;
  label: string;
  description?: string | undefined;
  icon: IconName;
  run(): void;
}

/** One field for everything: pages, actions and records of all modules. */
export function Palette({ onShortcuts }: { onShortcuts(): void }) {
  const t = shellTexts.use();
  const [query, setQuery] = useState('');
  useShortcut('ctrl+k', t('shortcutsGeneral'), t('shortcutPalette'), openPalette);
  const pages = usePages().filter(({ label }) => matches(label, query));
  const actions = useActions(onShortcuts).filter(({ label }) => matches(label, query));
  const records = useFoundRecords(query);

  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      clearQueryOnClose
      scrollable
      maxHeight={420}
      shortcut={null}
      size="40rem"
      attributes={{ content: { 'aria-label': t('search') } }}
      yOffset="14vh"
      overlayProps={{ backgroundOpacity: 0.3, blur: 2 }}
      transitionProps={{ duration: 120 }}
    >
      <Spotlight.Search
        placeholder={t('searchPlaceholder')}
        aria-label={t('search')}
        leftSection={<Icon name="search" size={20} />}
      />
      <Spotlight.ActionsList>
        <Group label={t('searchPages')} items={pages} />
        {records.map(({ name, items }) => (
          <Group key={name} label={name} items={items} />
        ))}
        <Group label={t('searchActions')} items={actions} />
        {pages.length + actions.length + records.length === 0 && (
          <Spotlight.Empty>{t('searchEmpty')}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

const Group = ({ label, items }: { label: string; items: Item[] }) =>
  items.length > 0 && (
    <Spotlight.ActionsGroup label={label}>
      {items.map(({ id, label: text, description, icon, run }) => (
        <Spotlight.Action
          key={id}
          label={text}
          description={description}
          leftSection={<Icon name={icon} />}
          onClick={run}
        />
      ))}
    </Spotlight.ActionsGroup>
  );

function usePages(): Item[] {
  const t = shellTexts.use();
  const language = useLanguage();
  const navigate = useNavigate();
  const home: Item = { id: 'home', label: t('home'), icon: 'home', run: () => void navigate('/') };
  const pages = useModules().flatMap((module) =>
    module.pages.map(
      (page): Item => ({
        id: `${module.id}/${page.id}`,
        label: page.label[language],
        icon: page.icon,
        run: () => void navigate(page.path),
      }),
    ),
  );
  return [home, ...pages];
}

const matches = (label: string, query: string): boolean =>
  label.toLocaleLowerCase('de').includes(query.trim().toLocaleLowerCase('de'));
