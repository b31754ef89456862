import { Modal } from '@mantine/core';
import { Keys, useShortcut, useShortcuts } from '@valero/ui';
import { shellTexts } from '../texts.ts';

interface ShortcutSheetProps {
  isOpen: boolean;
  onOpen(): void;
  onClose(): void;
}

/** Every shortcut that works on the page behind it, read from the registry. */
export function ShortcutSheet({ isOpen, onOpen, onClose }: ShortcutSheetProps) {
  const t = shellTexts.use();
  useShortcut('?', t('shortcutsGeneral'), t('shortcutSheet'), onOpen);
  const shortcuts = useShortcuts();
  const groups = [...new Set(shortcuts.map(({ group }) => group))];
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t('shortcuts')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className="s-sheet">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map(({ keys, label }) => (
                  <div key={keys}>
                    <dt>{label}</dt>
                    <dd>
                      <Keys keys={keys} />
                      <span className="v-visually-hidden">{keys}</span>
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
