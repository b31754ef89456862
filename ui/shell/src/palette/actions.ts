import { useMantineColorScheme } from '@mantine/core';
import { type IconName, setLanguage, signOut, useLanguage } from '@valero/ui';
import { shellTexts } from '../texts.ts';

interface Action {
  id: string;
  label: string;
  icon: IconName;
  run(): void;
}

/** What can be done from anywhere. */
export function useActions(onShortcuts: () => void): Action[] {
  const t = shellTexts.use();
  const { setColorScheme } = useMantineColorScheme();
  const isGerman = useLanguage() === 'de';
  const scheme = (name: string) => `${t('scheme')}: ${name}`;
  return [
    { id: 'light', label: scheme(t('schemeLight')), icon: 'sun', run: () => setColorScheme('light') },
    { id: 'dark', label: scheme(t('schemeDark')), icon: 'moon', run: () => setColorScheme('dark') },
    {
      id: 'language',
      label: isGerman ? 'English' : 'Deutsch',
      icon: 'globe',
      run: () => setLanguage(isGerman ? 'en' : 'de'),
    },
    { id: 'shortcuts', label: t('shortcuts'), icon: 'keyboard', run: onShortcuts },
    { id: 'sign-out', label: t('signOut'), icon: 'signOut', run: () => void signOut() },
  ];
}
