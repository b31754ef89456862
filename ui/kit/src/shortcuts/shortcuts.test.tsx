import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderAt } from '../testing/index.ts';
import { keyNames, useShortcut, useShortcuts } from './shortcuts.ts';

const runs = { save: vi.fn(), jump: vi.fn(), help: vi.fn() };
beforeEach(() => {
  for (const run of Object.values(runs)) run.mockReset();
});

function Page({ canSave = true }: { canSave?: boolean }) {
  useShortcut('ctrl+enter', 'Beleg', 'Buchen', runs.save, canSave);
  useShortcut('g j', 'Gehe zu', 'Journal', runs.jump);
  useShortcut('?', 'Allgemein', 'Hilfe', runs.help);
  return (
    <>
      <input aria-label="Text" />
      <ul>
        {useShortcuts().map(({ keys, label }) => (
          <li key={keys}>{`${keyNames(keys).join(' ')}: ${label}`}</li>
        ))}
      </ul>
    </>
  );
}

describe('shortcuts', () => {
  it('run, also as a sequence of keys', async () => {
    const { user, unmount } = renderAt('/', <Page />);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await user.keyboard('gj');
    await user.keyboard('?');
    expect(runs.save).toHaveBeenCalledOnce();
    expect(runs.jump).toHaveBeenCalledOnce();
    expect(runs.help).toHaveBeenCalledOnce();
    unmount();
  });

  it('are silent while somebody types, except with a modifier', async () => {
    const { user, unmount } = renderAt('/', <Page />);
    await user.type(screen.getByLabelText('Text'), 'gj?{Control>}{Enter}{/Control}');
    expect(screen.getByLabelText('Text')).toHaveValue('gj?');
    expect(runs.jump).not.toHaveBeenCalled();
    expect(runs.help).not.toHaveBeenCalled();
    expect(runs.save).toHaveBeenCalledOnce();
    unmount();
  });

  it('are listed with the names on the keys, and only while they work', () => {
    const { unmount } = renderAt('/', <Page canSave={false} />);
    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'G J: Journal',
      '?: Hilfe',
    ]);
    expect(keyNames('ctrl+enter')).toEqual(['Strg', 'Enter']);
    unmount();
  });
});
