import { Menu, useMantineColorScheme } from '@mantine/core';
import {
  Icon,
  type IconName,
  Keys,
  LANGUAGES,
  type Language,
  setLanguage,
  signOut,
  useLanguage,
  useUser,
} from '@valero/ui';
import { shellTexts } from '../texts.ts';

export function UserMenu({ onShortcuts }: { onShortcuts(): void }) {
  const t = shellTexts.use();
  const { name, email } = useUser();
  return (
    <Menu position="top-start" width={248} withinPortal>
      <Menu.Target>
        <button type="button" className="s-user" aria-label={t('userMenu', { name })}>
          <span className="s-avatar" aria-hidden>
            {initials(name)}
          </span>
          <span>
            <strong className="v-cut">{name}</strong>
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
    <>
      <Menu.Label>{t('scheme')}</Menu.Label>
      {schemes.map(([scheme, icon, label]) => (
        <Choice
          key={scheme}
          icon={icon}
          label={label}
          isChosen={scheme === colorScheme}
          onChoose={() => setColorScheme(scheme)}
        />
      ))}
    </>
  );
}

function LanguageItems() {
  const t = shellTexts.use();
  const chosen = useLanguage();
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <Choice
          key={language}
          icon="globe"
          label={name}
          language={language}
          isChosen={language === chosen}
          onChoose={() => setLanguage(language as Language)}
        />
      ))}
    </>
  );
}

interface ChoiceProps {
  icon: IconName;
  label: string;
  language?: string;
  isChosen: boolean;
  onChoose(): void;
}

const Choice = ({ icon, label, language, isChosen, onChoose }: ChoiceProps) => (
  <Menu.Item
    role="menuitemradio"
    aria-checked={isChosen}
    closeMenuOnClick={false}
    lang={language}
    leftSection={<Icon name={icon} />}
    rightSection={isChosen && <Icon name="check" size={16} />}
    onClick={onChoose}
  >
    {label}
  </Menu.Item>
);

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
};
