import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { Icon, Keys, LANGUAGES, type Language, setLanguage, signOut, useLanguage, useUser } from '@valero/ui';
import { shellTexts } from '../texts.ts';

export function UserMenu({ onShortcuts }: { onShortcuts(): void }) {
  const t = shellTexts.use();
  const { name, email } = useUser();
  return (
    <Menu position="top-start" width={248} checkIcon={<Icon name="check" size={16} />}>
      <Menu.Target>
        <button type="button" className="s-user">
          <span className="s-avatar" aria-hidden>
            {initials(name)}
          </span>
          <span>
            <strong className="v-cut">
              <span className="v-visually-hidden">{t('userMenu')}: </span>
              {name}
            </strong>
            <span className="v-cut v-muted">{email}</span>
          </span>
          <Icon name="chevronsUpDown" size={16} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <SchemeItems />
        <Menu.Divider />
        <LanguageItems />
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="keyboard" />}
          rightSection={<Keys keys="?" />}
          onClick={onShortcuts}
        >
          {t('shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="signOut" />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeItems() {
  const t = shellTexts.use();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    ['light', 'sun', t('schemeLight')],
    ['dark', 'moon', t('schemeDark')],
    ['auto', 'monitor', t('schemeAuto')],
  ] as const;
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
      <Menu.Label>{t('scheme')}</Menu.Label>
      {schemes.map(([scheme, icon, label]) => (
        <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon name={icon} />}>
          {label}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function LanguageItems() {
  const t = shellTexts.use();
  const chosen = useLanguage();
  return (
    <Menu.RadioGroup value={chosen} onChange={(language) => setLanguage(language as Language)}>
      <Menu.Label>{t('language')}</Menu.Label>
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <Menu.RadioItem key={language} value={language} lang={language}>
          {name}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
};
