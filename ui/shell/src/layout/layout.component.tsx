import { ActionIcon, Drawer } from '@mantine/core';
import { Icon, Keys, useNarrow, useUser } from '@valero/ui';
import { useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { openPalette, Palette } from '../palette/palette.component.tsx';
import { ShortcutSheet } from '../shortcuts/shortcut-sheet.dialog.tsx';
import { shellTexts } from '../texts.ts';
import { Brand } from './brand.component.tsx';
import { ConnectionBanner } from './connection-banner.component.tsx';
import { Navigation } from './navigation.component.tsx';
import { UserMenu } from './user-menu.component.tsx';

/** The frame around every page: navigation beside it, or above it on phones. */
export function Layout() {
  const t = shellTexts.use();
  const isNarrow = useNarrow();
  const [isSheetOpen, setSheetOpen] = useState(false);
  const showSheet = () => setSheetOpen(true);
  return (
    <div className="s-layout">
      <a className="s-skip" href="#content">
        {t('skip')}
      </a>
      {isNarrow ? <TopBar onShortcuts={showSheet} /> : <SideBar onShortcuts={showSheet} />}
      <div className="s-main">
        <ConnectionBanner />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette onShortcuts={showSheet} />
      <ShortcutSheet isOpen={isSheetOpen} onOpen={showSheet} onClose={() => setSheetOpen(false)} />
    </div>
  );
}

interface BarProps {
  onShortcuts(): void;
}

function SideBar({ onShortcuts }: BarProps) {
  const { tenant } = useUser();
  return (
    <header className="s-side">
      <Brand tenant={tenant.name} />
      <SearchButton />
      <Navigation />
      <UserMenu onShortcuts={onShortcuts} />
    </header>
  );
}

function TopBar({ onShortcuts }: BarProps) {
  const t = shellTexts.use();
  const { tenant } = useUser();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [pathname]);
  return (
    <header className="s-top">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="xl"
        aria-label={t('menuOpen')}
        onClick={() => setOpen(true)}
      >
        <Icon name="menu" size={20} />
      </ActionIcon>
      <Brand tenant={tenant.name} />
      <ActionIcon variant="subtle" color="gray" size="xl" aria-label={t('search')} onClick={openPalette}>
        <Icon name="search" size={20} />
      </ActionIcon>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        size={280}
        padding="sm"
        title={<Brand tenant={tenant.name} />}
        closeButtonProps={{ 'aria-label': t('menuClose') }}
        classNames={{ content: 's-drawer', body: 's-drawer-body' }}
      >
        <Navigation />
        <UserMenu onShortcuts={onShortcuts} />
      </Drawer>
    </header>
  );
}

function SearchButton() {
  const t = shellTexts.use();
  return (
    <button type="button" className="s-search" aria-keyshortcuts="Control+K" onClick={openPalette}>
      <Icon name="search" size={16} />
      <span>{t('search')}</span>
      <Keys keys="ctrl+k" />
    </button>
  );
}
